// One Butterchurn in a page that draws shaders; `shader_page.py` serves and calls it.
import butterchurn from "./butterchurn.js";

const SIZE = { width: 16, height: 16, pixelRatio: 1, textureRatio: 1, meshWidth: 2, meshHeight: 2 };

const webgl = WebGL2RenderingContext.prototype;
const { getExtension } = webgl;
// Software renderers take a second per frame for anisotropic filtering.
webgl.getExtension = function (name) {
  return name.includes("anisotropic") ? null : getExtension.call(this, name);
};

const visualizer = butterchurn.createVisualizer(null, document.querySelector("canvas"), SIZE);
const { gl, renderer } = visualizer;
const wave = new Uint8Array(1024).fill(128);

function errorOf({ shaderProgram }) {
  if (gl.getProgramParameter(shaderProgram, gl.LINK_STATUS)) return null;
  return gl.getAttachedShaders(shaderProgram).map((shader) => gl.getShaderInfoLog(shader)).join("");
}

function centre() {
  const pixel = new Uint8Array(4);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.readPixels(SIZE.width / 2, SIZE.height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  return [...pixel.slice(0, 3)].map((byte) => byte / 255);
}

/** Draws a frame with each composite shader; returns the colour in the middle, or why it has none. */
window.drawShaders = (shaders) =>
  shaders.map((glsl) => {
    renderer.compShader.updateShader(glsl);
    const error = errorOf(renderer.compShader);
    if (error !== null) return error;
    const audioLevels = { timeByteArray: wave, timeByteArrayL: wave, timeByteArrayR: wave };
    visualizer.render({ audioLevels, elapsedTime: 1 / 30 });
    return centre();
  });
