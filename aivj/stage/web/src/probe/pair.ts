// Renders one pair: what is computed from the takes of its presets must agree with it.

import { Composite } from "../render/composite.ts";
import { type StageContext, Target } from "../render/context.ts";
import type { LayerFactory } from "../render/layer.ts";
import { leavingNothing } from "./failures.ts";
import {
  type Drawing,
  drawWithAndWithout,
  type RenderReading,
  type RenderRequest,
} from "./music_and_silence.ts";
import { webpOf } from "./pictures.ts";
import { PresetTake } from "./preset_take.ts";
import type { Sound } from "./recording.ts";

export interface PairRequest extends RenderRequest {
  /** Butterchurn presets, as the converter makes them. */
  readonly foreground: object;
  readonly background: object;
  /** Of each layer's own random numbers, unsigned 32 bits. */
  readonly foregroundSeed: number;
  readonly backgroundSeed: number;
  /** Whether to return the last frame as a WebP picture. */
  readonly thumbnail: boolean;
}

export interface PairReading extends RenderReading {
  /** Base64 of a WebP picture. */
  readonly thumbnail: string | null;
  /** Layers whose equations were left out in part, since they took too long. */
  readonly cutOff: readonly string[];
}

const LAYERS = ["foreground", "background"] as const;
type LayerName = (typeof LAYERS)[number];
type Layers = Readonly<Record<LayerName, PresetTake>>;

/** Renders and reads a pair; nothing of it stays on the GPU. */
export function renderPair(factory: LayerFactory, request: PairRequest): Promise<PairReading> {
  return leavingNothing(factory.context, () => read(factory, request));
}

async function read(factory: LayerFactory, request: PairRequest): Promise<PairReading> {
  const { context } = factory;
  const { music, silence, reading } = await drawWithAndWithout(context, request, {
    numPictures: 3,
    load: (sound) => PairDrawing.load(factory, request, sound),
  });
  return {
    ...reading,
    thumbnail: request.thumbnail ? pictureOfCanvas(context, music) : null,
    cutOff: LAYERS.filter((name) => music.layers[name].wasCutOff || silence.layers[name].wasCutOff),
  };
}

/** Draws and reads in one task: behind it the canvas is empty again. */
function pictureOfCanvas({ canvas }: StageContext, drawing: PairDrawing): string {
  drawing.compose(null);
  return webpOf(canvas);
}

/** Two layers and their composite. */
class PairDrawing implements Drawing {
  readonly #composite: Composite;
  readonly #picture: Target;

  private constructor(
    { context: { gl } }: LayerFactory,
    { width, height }: PairRequest,
    readonly layers: Layers,
  ) {
    this.#composite = new Composite(gl);
    this.#picture = new Target(gl, width, height);
  }

  static async load(
    factory: LayerFactory,
    request: PairRequest,
    sound: Sound,
  ): Promise<PairDrawing> {
    const load = (name: LayerName) => {
      const settings = { ...request, name, seed: request[`${name}Seed`], sound };
      return PresetTake.load(factory, request[name], settings);
    };
    const foreground = await load("foreground");
    const background = await load("background");
    return new PairDrawing(factory, request, { foreground, background });
  }

  draw(isVisible: boolean): void {
    for (const name of LAYERS) this.layers[name].draw(isVisible);
  }

  /** Draws the composite of the present frame; returns it and both layers. */
  pictures(): readonly Target[] {
    this.compose(this.#picture.framebuffer);
    return [this.#picture, ...LAYERS.map((name) => this.layers[name].target)];
  }

  /** Draws the composite into `framebuffer`; null is the canvas. */
  compose(framebuffer: WebGLFramebuffer | null): void {
    const { foreground, background } = this.layers;
    const { width, height } = this.#picture;
    this.#composite.draw(foreground.target, background.target, framebuffer, width, height);
  }
}
