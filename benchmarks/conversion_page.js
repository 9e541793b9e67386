// One Butterchurn in a page, to try presets on. `conversion_page.py` serves and calls it.
import butterchurn from "./butterchurn.js";

const SIZE = { width: 160, height: 90, pixelRatio: 1, textureRatio: 1 };
const FRAME_S = 1 / 30;

const webgl = WebGL2RenderingContext.prototype;
const { getExtension, linkProgram } = webgl;
// Software renderers take a second per frame for anisotropic filtering.
webgl.getExtension = function (name) {
  return name.includes("anisotropic") ? null : getExtension.call(this, name);
};
const programs = [];
webgl.linkProgram = function (program) {
  programs.push(program);
  return linkProgram.call(this, program);
};

const visualizer = butterchurn.createVisualizer(null, document.querySelector("canvas"), SIZE);
const { gl } = visualizer;
let time = 0;

function drawFrame() {
  time += FRAME_S;
  const wave = Uint8Array.from({ length: 1024 }, (_, index) => {
    return 128 + 100 * Math.sin(index * 0.05 + time * 3) * Math.abs(Math.sin(time * 4));
  });
  const audioLevels = { timeByteArray: wave, timeByteArrayL: wave, timeByteArrayR: wave };
  visualizer.render({ audioLevels, elapsedTime: FRAME_S });
}

function linkErrors() {
  return programs
    .splice(0)
    .filter((program) => !gl.getProgramParameter(program, gl.LINK_STATUS))
    .map((program) => {
      const logs = gl.getAttachedShaders(program).map((shader) => gl.getShaderInfoLog(shader));
      return [gl.getProgramInfoLog(program), ...logs].join("").trim();
    });
}

function glErrors() {
  const errors = [];
  for (let error = gl.getError(); error !== gl.NO_ERROR && errors.length < 5; error = gl.getError()) {
    errors.push(error);
  }
  return errors;
}

function centre() {
  const pixel = new Uint8Array(4);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.readPixels(SIZE.width / 2, SIZE.height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  return [...pixel.slice(0, 3)].map((byte) => byte / 255);
}

window.renderer = gl.getParameter(
  getExtension.call(gl, "WEBGL_debug_renderer_info").UNMASKED_RENDERER_WEBGL,
);

/** Loads a preset and draws frames; says what went wrong and the colour in the middle. */
window.tryPreset = async (preset, frames) => {
  programs.length = 0;
  let script = null;
  try {
    await visualizer.loadPreset(preset, 0);
    for (let frame = 0; frame < frames; frame++) drawFrame();
  } catch (error) {
    script = String(error);
  }
  return { script, link: linkErrors(), gl: glErrors(), colour: centre() };
};
