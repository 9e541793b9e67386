// Renders one pair on a virtual clock, with its music and once more in silence.

import type { AudioLevels } from "butterchurn";
import { Clip } from "../render/clip.ts";
import { Composite } from "../render/composite.ts";
import { type StageContext, Target } from "../render/context.ts";
import type { Layer, LayerFactory } from "../render/layer.ts";
import { Reduction } from "../render/reduction.ts";
import { equationFailure, leavingNothing, loadFailure, refuseBroken } from "./failures.ts";
import { base64, pictureOf } from "./pictures.ts";

export interface PairRequest {
  /** Butterchurn presets, as the converter makes them. */
  foreground: object;
  background: object;
  width: number;
  height: number;
  meshWidth: number;
  meshHeight: number;
  warmupFrames: number;
  measureFrames: number;
  /** How many of the measured frames the silent take is compared at. */
  silentFrames: number;
  /** Which these are: every n-th. */
  silentEvery: number;
  framesPerS: number;
  /** Each layer draws from its own random stream of this seed. */
  seed: number;
  /** Same-origin address of the clip. */
  clipUrl: string;
  /** Whether to return the last frame as a WebP picture. */
  thumbnail: boolean;
}

export interface PairReading {
  /**
   * Base64 of the cells, see `Reduction.read`: of the music `measureFrames` frames and the one
   * before, then the `silentFrames` compared frames of the silence.
   */
  cells: string;
  /** Wall time until the first frame could be drawn, in ms. */
  loadMs: number;
  /** Wall time of all frames, in ms. */
  renderMs: number;
  /** Base64 of a WebP picture. */
  thumbnail: string | null;
  /** Layers whose equations were left out in part, since they took too long. */
  cutOff: string[];
}

/** Two layers and their composite. */
class Take {
  readonly #layers: [name: string, layer: Layer][] = [];
  readonly #composite: Composite;
  readonly #picture: Target;

  constructor(
    readonly context: StageContext,
    readonly request: PairRequest,
  ) {
    this.#composite = new Composite(context.gl);
    this.#picture = new Target(context.gl, request.width, request.height);
  }

  async load(factory: LayerFactory): Promise<void> {
    const { seed, foreground, background } = this.request;
    const presets = { foreground, background };
    for (const [index, [name, preset]] of Object.entries(presets).entries()) {
      this.context.programs.user = name;
      const layer = factory.create(this.request, Math.imul(seed + 1, 0x9e3779b1) + index);
      await layer.load(preset).catch((error: unknown) => {
        throw loadFailure(name, error);
      });
      this.#layers.push([name, layer]);
    }
  }

  /** Goes on by a frame; one that is not visible leaves the pictures as they are. */
  draw(levels: AudioLevels, visible: boolean): void {
    for (const [name, layer] of this.#layers) {
      try {
        if (visible) layer.render(levels, 1 / this.request.framesPerS);
        else layer.advance(levels, 1 / this.request.framesPerS);
      } catch (error) {
        throw equationFailure(name, error);
      }
    }
  }

  cutOff(): string[] {
    return this.#layers.filter(([, layer]) => layer.wasCutOff).map(([name]) => name);
  }

  /** Draws the composite of the present frame; returns it and both layers. */
  pictures(): Target[] {
    this.compose(this.#picture.framebuffer);
    return [this.#picture, ...this.#layers.map(([, layer]) => layer.target)];
  }

  /** Draws the composite into `framebuffer`; null is the canvas. */
  compose(framebuffer: WebGLFramebuffer | null): void {
    const { width, height } = this.request;
    const [foreground, background] = this.#layers.map(([, layer]) => layer.target);
    if (!foreground || !background) throw new Error("a pair has two layers");
    this.#composite.draw(foreground, background, framebuffer, width, height);
  }
}

/** Renders and reads a pair; nothing of it stays on the GPU. */
export function renderPair(factory: LayerFactory, request: PairRequest): Promise<PairReading> {
  return leavingNothing(factory.context, () => read(factory, request));
}

async function read(factory: LayerFactory, request: PairRequest): Promise<PairReading> {
  const { context } = factory;
  const { width, height, warmupFrames, measureFrames, silentFrames, silentEvery, framesPerS } =
    request;
  const startedMs = performance.now();
  Object.assign(context.canvas, { width, height });
  const clip = await Clip.fetch(request.clipUrl);
  const music = new Take(context, request);
  const silence = new Take(context, request);
  await music.load(factory);
  await silence.load(factory);
  const numFrames = warmupFrames + measureFrames;
  const musicCells = new Reduction(context.gl, 3, measureFrames + 1);
  const silenceCells = new Reduction(context.gl, 3, silentFrames);
  const lastCompared = warmupFrames + silentFrames * silentEvery - 1;
  const loadedMs = performance.now();
  for (let frame = 0; frame < numFrames; frame++) {
    const measured = frame >= warmupFrames - 1;
    music.draw(clip.levels((frame + 1) / framesPerS), measured);
    if (measured) musicCells.add(music.pictures());
    if (frame <= lastCompared) {
      const numMeasured = frame + 1 - warmupFrames;
      const compared = numMeasured > 0 && numMeasured % silentEvery === 0;
      silence.draw(Clip.silence(), compared);
      if (compared) silenceCells.add(silence.pictures());
    }
    if (frame === 0) refuseBroken(context);
  }
  const cells = [musicCells.read(), silenceCells.read()];
  const renderedMs = performance.now();
  refuseBroken(context);
  const thumbnail = request.thumbnail ? pictureOfCanvas(music) : null;
  return {
    cells: base64(new Uint8Array(await new Blob(cells).arrayBuffer())),
    loadMs: loadedMs - startedMs,
    renderMs: renderedMs - loadedMs,
    thumbnail,
    cutOff: [...new Set([...music.cutOff(), ...silence.cutOff()])],
  };
}

/** Draws and reads in one task: behind it the canvas is empty again. */
function pictureOfCanvas(take: Take): string {
  take.compose(null);
  return pictureOf(take.context.canvas, "image/webp", 0.8).b64;
}
