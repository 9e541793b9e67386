// How bright and of which colour the layers are, without waiting for the GPU.
//
// Both layers are shrunk to 8x8 cells, side by side; the cells are fetched when the GPU is done.

import { type StageContext, Target } from "../render/context.ts";
import { Pass } from "../render/pass.ts";

export const DOWNSAMPLE_SIZE = 8;
export const SAMPLE_INTERVAL_MS = 500;
const LUMA = [0.2126, 0.7152, 0.0722] as const;

/** Means over a layer's picture, 0 to 1; Rec. 709 luma of gamma-encoded values. */
export interface LayerSample {
  readonly avgLuma: number;
  readonly avgColorR: number;
  readonly avgColorG: number;
  readonly avgColorB: number;
}

export interface LayerSamples {
  /** Null until a frame of the present layers was sampled. */
  readonly fg: LayerSample | null;
  readonly bg: LayerSample | null;
  /** `performance.now()` of the frame sampled last; 0 before the first. */
  readonly atMs: number;
  readonly count: number;
}

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D foreground;
uniform sampler2D background;
out vec4 color;
vec3 mean(sampler2D picture, vec2 cell) {
  vec3 sum = vec3(0.0);
  for (int tap = 0; tap < 64; tap++) {
    vec2 within = (vec2(tap & 7, tap >> 3) + 0.5) / 8.0;
    sum += texture(picture, (cell + within) / ${DOWNSAMPLE_SIZE}.0).rgb;
  }
  return sum / 64.0;
}
void main() {
  vec2 cell = floor(gl_FragCoord.xy);
  bool isBack = cell.x >= ${DOWNSAMPLE_SIZE}.0;
  vec3 sampled = isBack
    ? mean(background, cell - vec2(${DOWNSAMPLE_SIZE}.0, 0.0))
    : mean(foreground, cell);
  color = vec4(sampled, 1.0);
}`;

const WIDTH = 2 * DOWNSAMPLE_SIZE;
const HEIGHT = DOWNSAMPLE_SIZE;

export class LayerSampler {
  readonly #gl: WebGL2RenderingContext;
  readonly #pass: Pass;
  readonly #cells: Target;
  readonly #buffer: WebGLBuffer;
  readonly #pixels = new Uint8Array(WIDTH * HEIGHT * 4);
  readonly #mirror: CanvasRenderingContext2D | null;
  #pending: { readonly fence: WebGLSync; readonly atMs: number } | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #samples: LayerSamples = { fg: null, bg: null, atMs: 0, count: 0 };

  /** `mirror` shows the foreground's cells. */
  constructor({ gl }: StageContext, mirror: HTMLCanvasElement) {
    this.#gl = gl;
    this.#pass = new Pass(gl, FRAGMENT, ["foreground", "background"]);
    this.#cells = new Target(gl, WIDTH, HEIGHT);
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.#buffer);
    // Of buffers that are to be read Chromium keeps a shadow, and each fence waits until it is made.
    gl.bufferData(gl.PIXEL_PACK_BUFFER, this.#pixels.length, gl.STREAM_COPY);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    Object.assign(mirror, { width: DOWNSAMPLE_SIZE, height: DOWNSAMPLE_SIZE });
    this.#mirror = mirror.getContext("2d");
  }

  get samples(): LayerSamples {
    return this.#samples;
  }

  /** Other layers are drawn from now on: what was seen is not theirs, and they are looked at at once. */
  forget(): void {
    if (this.#pending !== null) this.#gl.deleteSync(this.#pending.fence);
    this.#pending = null;
    this.#askedAtMs = Number.NEGATIVE_INFINITY;
    this.#samples = { ...this.#samples, fg: null, bg: null };
  }

  /** Takes what the GPU has done. Call it before a frame is drawn: reading waits for what is queued. */
  collect(): void {
    const gl = this.#gl;
    if (this.#pending === null) return;
    const { fence, atMs } = this.#pending;
    if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) return;
    gl.deleteSync(fence);
    this.#pending = null;
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.#buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, this.#pixels);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    this.#show();
    const [fg, bg] = [this.#mean(0), this.#mean(DOWNSAMPLE_SIZE)];
    this.#samples = { fg, bg, atMs, count: this.#samples.count + 1 };
  }

  /** Shrinks what the layers show, if that is due. Call it after a frame was drawn. */
  ask(foreground: Target, background: Target, nowMs: number): void {
    if (this.#pending !== null || nowMs - this.#askedAtMs < SAMPLE_INTERVAL_MS) return;
    this.#askedAtMs = nowMs;
    const gl = this.#gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#cells.framebuffer);
    this.#pass.draw([foreground.texture, background.texture], [0, 0, WIDTH, HEIGHT]);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.#buffer);
    gl.readPixels(0, 0, WIDTH, HEIGHT, gl.RGBA, gl.UNSIGNED_BYTE, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.#pending = fence === null ? null : { fence, atMs: nowMs };
  }

  #show(): void {
    if (this.#mirror === null) return;
    const image = this.#mirror.createImageData(DOWNSAMPLE_SIZE, DOWNSAMPLE_SIZE);
    for (let row = 0; row < DOWNSAMPLE_SIZE; row++) {
      // The GPU's first row is the lowest.
      const from = 4 * WIDTH * (DOWNSAMPLE_SIZE - 1 - row);
      const cells = this.#pixels.subarray(from, from + 4 * DOWNSAMPLE_SIZE);
      image.data.set(cells, 4 * DOWNSAMPLE_SIZE * row);
    }
    this.#mirror.putImageData(image, 0, 0);
  }

  #mean(firstColumn: number): LayerSample {
    const sums: [number, number, number] = [0, 0, 0];
    for (let row = 0; row < HEIGHT; row++) {
      for (let column = firstColumn; column < firstColumn + DOWNSAMPLE_SIZE; column++) {
        const at = 4 * (row * WIDTH + column);
        for (const channel of [0, 1, 2] as const) sums[channel] += this.#pixels[at + channel] ?? 0;
      }
    }
    const scale = 255 * DOWNSAMPLE_SIZE * DOWNSAMPLE_SIZE;
    const [red, green, blue] = [sums[0] / scale, sums[1] / scale, sums[2] / scale];
    const avgLuma = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue;
    return { avgLuma, avgColorR: red, avgColorG: green, avgColorB: blue };
  }
}
