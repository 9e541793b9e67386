// Renders one pair: what is computed from the takes of its presets must agree with it.

import { Composite } from "../render/composite.ts";
import { Target } from "../render/context.ts";
import type { LayerFactory } from "../render/layer.ts";
import { leavingNothing } from "./failures.ts";
import {
  type Drawing,
  drawWithAndWithout,
  type RenderReading,
  type RenderRequest,
} from "./music_and_silence.ts";
import { PresetTake } from "./preset_take.ts";
import type { Sound } from "./recording.ts";

export interface PairRequest extends RenderRequest {
  /** Butterchurn presets, as the converter makes them. */
  readonly foreground: object;
  readonly background: object;
  /** Of each layer's own random numbers, unsigned 32 bits. */
  readonly foregroundSeed: number;
  readonly backgroundSeed: number;
}

export interface PairReading extends RenderReading {
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
  const { music, silence, reading } = await drawWithAndWithout(factory.context, request, {
    numPictures: 3,
    load: (sound) => PairDrawing.load(factory, request, sound),
  });
  return {
    ...reading,
    cutOff: LAYERS.filter((name) => music.layers[name].wasCutOff || silence.layers[name].wasCutOff),
  };
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
    const { foreground, background } = this.layers;
    const { framebuffer, width, height } = this.#picture;
    this.#composite.draw(foreground.target, background.target, framebuffer, width, height);
    return [this.#picture, foreground.target, background.target];
  }
}
