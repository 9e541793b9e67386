// One preset on a virtual clock, frame by frame.

import type { StageContext, Target } from "../render/context.ts";
import type { Layer, LayerFactory, LayerSize } from "../render/layer.ts";
import { equationFailure, loadFailure, refuseBroken, TookTooLong } from "./failures.ts";
import type { Drawing } from "./music_and_silence.ts";
import type { Sound } from "./recording.ts";

export interface TakeSettings extends LayerSize {
  /** What failures call it: `preset` where there is no other. */
  readonly name?: string;
  /** Of its random numbers. */
  readonly seed: number;
  readonly framesPerS: number;
  readonly sound: Sound;
  /** `performance.now()` when it must be done. */
  readonly deadlineMs?: number;
}

const NAME = "preset";

export class PresetTake implements Drawing {
  readonly #context: StageContext;
  readonly #layer: Layer;
  readonly #settings: TakeSettings;
  #numFrames = 0;

  private constructor(context: StageContext, layer: Layer, settings: TakeSettings) {
    this.#context = context;
    this.#layer = layer;
    this.#settings = settings;
  }

  /** Rejects with a `RenderFailure` when the equations do not compile. */
  static async load(
    factory: LayerFactory,
    preset: object,
    settings: TakeSettings,
  ): Promise<PresetTake> {
    const { context } = factory;
    const { name = NAME, seed } = settings;
    context.programs.user = name;
    const layer = factory.create(settings, seed);
    await layer.load(preset).catch((error: unknown) => {
      throw loadFailure(name, error);
    });
    return new PresetTake(context, layer, settings);
  }

  get target(): Target {
    return this.#layer.target;
  }

  pictures(): readonly Target[] {
    return [this.target];
  }

  /** Time of the present frame, in s. */
  get timeS(): number {
    return this.#numFrames / this.#settings.framesPerS;
  }

  /** Whether equations were left out in any frame, since they took too long. */
  get wasCutOff(): boolean {
    return this.#layer.wasCutOff;
  }

  /**
   * Goes on by a frame, and looks at the clock and at what broke; one that is not visible leaves the
   * target as it is.
   */
  draw(isVisible = true): void {
    const { name = NAME, framesPerS, sound, deadlineMs = Infinity } = this.#settings;
    if (performance.now() > deadlineMs) throw new TookTooLong("the time is over");
    this.#numFrames += 1;
    const levels = sound.levels(this.timeS);
    try {
      if (isVisible) this.#layer.render(levels, 1 / framesPerS);
      else this.#layer.advance(levels, 1 / framesPerS);
    } catch (error) {
      throw equationFailure(name, error);
    }
    // To ask is to wait for all that was drawn so far.
    if (this.#numFrames === 1 && !this.#context.programs.areProved) refuseBroken(this.#context);
  }

  /** Draws the next frame to its end; returns how long that took, in ms. */
  drawToEnd(): number {
    const startedMs = performance.now();
    this.draw();
    const { gl } = this.#context;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target.framebuffer);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    return performance.now() - startedMs;
  }
}
