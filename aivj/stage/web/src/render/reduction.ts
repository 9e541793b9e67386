// Frames shrunk to 64x36 cells and kept on the GPU until one read at the end.
//
// Reading back each frame would make the CPU wait for the GPU each time. All pictures of all frames
// go into one tall texture instead: a row of cells per frame, a column per picture.

import { Target } from "./context.ts";
import { Pass } from "./pass.ts";

export const CELLS_X = 64;
export const CELLS_Y = 36;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
uniform sampler2D picture;
uniform vec2 origin;
out vec4 color;
void main() {
  ivec2 size = textureSize(picture, 0);
  ivec2 cell = ivec2(gl_FragCoord.xy - origin);
  ivec2 first = cell * size / ivec2(${CELLS_X}, ${CELLS_Y});
  ivec2 last = max(first + 1, (cell + 1) * size / ivec2(${CELLS_X}, ${CELLS_Y}));
  vec3 sum = vec3(0.0);
  for (int y = first.y; y < last.y; y++) {
    for (int x = first.x; x < last.x; x++) sum += texelFetch(picture, ivec2(x, y), 0).rgb;
  }
  ivec2 extent = last - first;
  color = vec4(sum / float(extent.x * extent.y), 1.0);
}`;

export class Reduction {
  readonly #gl: WebGL2RenderingContext;
  readonly #pass: Pass;
  readonly #atlas: Target;
  #numFrames = 0;

  /** Room for `maxFrames` frames of `numPictures` pictures each. */
  constructor(gl: WebGL2RenderingContext, numPictures: number, maxFrames: number) {
    this.#gl = gl;
    this.#pass = new Pass(gl, FRAGMENT, ["picture"]);
    const limit = Number(gl.getParameter(gl.MAX_TEXTURE_SIZE));
    if (maxFrames * CELLS_Y > limit) {
      throw new Error(`at most ${Math.floor(limit / CELLS_Y) - 1} measured frames fit this GPU`);
    }
    this.#atlas = new Target(gl, CELLS_X * numPictures, CELLS_Y * maxFrames);
  }

  /** Shrinks the pictures of one frame into the atlas. */
  add(pictures: readonly Target[]): void {
    const gl = this.#gl;
    const y = this.#numFrames * CELLS_Y;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#atlas.framebuffer);
    pictures.forEach((picture, column) => {
      const x = column * CELLS_X;
      this.#pass.draw([picture.texture], [x, y, CELLS_X, CELLS_Y], () =>
        gl.uniform2f(this.#pass.uniform("origin"), x, y),
      );
    });
    this.#numFrames += 1;
  }

  /**
   * Reads all frames: red, green and blue bytes of shape [frame, cell row, picture, cell column].
   * Waits for the GPU.
   */
  read(): Uint8Array<ArrayBuffer> {
    const gl = this.#gl;
    const { width } = this.#atlas;
    const height = CELLS_Y * this.#numFrames;
    const pixels = new Uint8Array(width * height * 4);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#atlas.framebuffer);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    return withoutAlpha(pixels);
  }
}

function withoutAlpha(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const colors = new Uint8Array((pixels.length / 4) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    colors[to++] = pixels[from] as number;
    colors[to++] = pixels[from + 1] as number;
    colors[to++] = pixels[from + 2] as number;
  }
  return colors;
}
