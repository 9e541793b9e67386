// Renders one preset, as it looks in every pair.

import { type StageContext, Target } from "../render/context.ts";
import type { LayerFactory } from "../render/layer.ts";
import { leavingNothing } from "./failures.ts";
import { drawWithAndWithout, type RenderReading, type RenderRequest } from "./music_and_silence.ts";
import { webpOf } from "./pictures.ts";
import { PresetTake } from "./preset_take.ts";
import type { Sound } from "./recording.ts";

export interface TakeRequest extends RenderRequest {
  /** A Butterchurn preset, as the converter makes it. */
  readonly preset: object;
  /** Of its random numbers, unsigned 32 bits. */
  readonly seed: number;
  /** Whether to return pictures. */
  readonly pictures: boolean;
}

export interface TakeReading extends RenderReading {
  /** Base64 of WebP pictures of the first, the middle and the last measured frame; or none. */
  readonly pictures: readonly string[];
  /** Whether equations were left out in any frame, since they took too long. */
  readonly cutOff: boolean;
}

/** Renders and reads a preset; nothing of it stays on the GPU. */
export function renderTake(factory: LayerFactory, request: TakeRequest): Promise<TakeReading> {
  return leavingNothing(factory.context, () => read(factory, request));
}

async function read(factory: LayerFactory, request: TakeRequest): Promise<TakeReading> {
  const { measureFrames } = request;
  const shown = request.pictures ? [0, Math.floor(measureFrames / 2), measureFrames - 1] : [];
  const album = new Album(factory.context);
  const load = (sound: Sound) => PresetTake.load(factory, request.preset, { ...request, sound });
  const { music, silence, reading } = await drawWithAndWithout(factory.context, request, {
    numPictures: 1,
    load,
    onMeasured: (index, { target }) => {
      if (shown.includes(index)) album.keep(index, target);
    },
  });
  return {
    ...reading,
    pictures: shown.map((index) => album.picture(index)),
    cutOff: music.wasCutOff || silence.wasCutOff,
  };
}

/** Frames as they were: encoding one at once would make the page wait for the GPU each time. */
class Album {
  readonly #context: StageContext;
  readonly #kept = new Map<number, Target>();

  constructor(context: StageContext) {
    this.#context = context;
  }

  keep(index: number, target: Target): void {
    const { gl } = this.#context;
    const copy = new Target(gl, target.width, target.height);
    target.copyTo(gl, copy.framebuffer);
    this.#kept.set(index, copy);
  }

  /** Base64 of the WebP picture of a frame that was kept, by way of the canvas. */
  picture(index: number): string {
    const kept = this.#kept.get(index);
    if (kept === undefined) throw new Error(`frame ${index} was not kept`);
    kept.copyTo(this.#context.gl, null);
    return webpOf(this.#context.canvas);
  }
}
