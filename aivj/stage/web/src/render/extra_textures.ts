// The images of Butterchurn's presets (package butterchurn-presets, MIT): a file of its own, which
// is fetched when a preset first names one of them.

export { default as images } from "butterchurn-presets/imageData.js";
