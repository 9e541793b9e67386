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

/** Per-frame figures of one picture. Luma and colour in 0..1, on gamma-encoded values. */
export interface Series {
  /** Mean Rec. 709 luma. */
  luma: number[];
  red: number[];
  green: number[];
  blue: number[];
  /** Mean absolute change of luma per cell since the frame before. */
  delta: number[];
  /** Share of cells with luma below 0.02. */
  black: number[];
  /** Share of cells with luma above 0.96. */
  blown: number[];
}

const BLACK_BELOW = 0.02;
const BLOWN_ABOVE = 0.96;

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

  /** Reads all frames. The first frame only serves as the one before the second. */
  series(): Series[] {
    const gl = this.#gl;
    const { width } = this.#atlas;
    const pixels = new Uint8Array(width * CELLS_Y * this.#numFrames * 4);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#atlas.framebuffer);
    gl.readPixels(0, 0, width, CELLS_Y * this.#numFrames, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const result: Series[] = [];
    for (let column = 0; column < width / CELLS_X; column++) {
      result.push(measure(pixels, width, column * CELLS_X, this.#numFrames));
    }
    return result;
  }
}

function measure(pixels: Uint8Array, width: number, left: number, numFrames: number): Series {
  const numCells = CELLS_X * CELLS_Y;
  const series = emptySeries();
  let previous = new Float64Array(numCells);
  for (let frame = 0; frame < numFrames; frame++) {
    const current = new Float64Array(numCells);
    const sum = { red: 0, green: 0, blue: 0, luma: 0, delta: 0, black: 0, blown: 0 };
    for (let cell = 0; cell < numCells; cell++) {
      const row = frame * CELLS_Y + Math.floor(cell / CELLS_X);
      const at = (row * width + left + (cell % CELLS_X)) * 4;
      const red = (pixels[at] ?? 0) / 255;
      const green = (pixels[at + 1] ?? 0) / 255;
      const blue = (pixels[at + 2] ?? 0) / 255;
      const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      sum.red += red;
      sum.green += green;
      sum.blue += blue;
      sum.luma += luma;
      sum.delta += Math.abs(luma - (previous[cell] ?? 0));
      sum.black += luma < BLACK_BELOW ? 1 : 0;
      sum.blown += luma > BLOWN_ABOVE ? 1 : 0;
      current[cell] = luma;
    }
    previous = current;
    if (frame === 0) continue;
    for (const [name, total] of Object.entries(sum)) {
      series[name as keyof Series].push(total / numCells);
    }
  }
  return series;
}

function emptySeries(): Series {
  return { luma: [], red: [], green: [], blue: [], delta: [], black: [], blown: [] };
}
