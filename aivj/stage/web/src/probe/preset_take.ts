// One preset on a virtual clock, frame by frame, to the synthetic music.

import type { StageContext, Target } from "../render/context.ts";
import { FULL_MESH, type Layer, type LayerFactory } from "../render/layer.ts";
import { CELLS_X, CELLS_Y, Reduction } from "../render/reduction.ts";
import { equationFailure, loadFailure, refuseBroken, TookTooLong } from "./failures.ts";
import { syntheticClip } from "./synthetic_sound.ts";

interface TakeSettings {
  readonly width: number;
  readonly height: number;
  readonly framesPerS: number;
  /** `performance.now()` when it must be done. */
  readonly deadlineMs: number;
}

const NAME = "preset";
const SEED = 1;

export class PresetTake {
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
    const { width, height } = settings;
    context.programs.user = NAME;
    const layer = factory.create({ width, height, ...FULL_MESH }, SEED);
    await layer.load(preset).catch((error: unknown) => {
      throw loadFailure(NAME, error);
    });
    return new PresetTake(context, layer, settings);
  }

  get target(): Target {
    return this.#layer.target;
  }

  /** Time of the present frame, in s. */
  get timeS(): number {
    return this.#numFrames / this.#settings.framesPerS;
  }

  /** Draws the next frame, and looks at the clock and at what broke. */
  draw(): void {
    if (performance.now() > this.#settings.deadlineMs) throw new TookTooLong("the time is over");
    this.#numFrames += 1;
    try {
      this.#layer.render(syntheticClip().levels(this.timeS), 1 / this.#settings.framesPerS);
    } catch (error) {
      throw equationFailure(NAME, error);
    }
    if (this.#numFrames === 1) refuseBroken(this.#context);
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

/** Frames shrunk to cells, read when all are there. */
export class CellsOfFrames {
  readonly #reduction: Reduction;
  #numFrames = 0;

  constructor(context: StageContext, maxFrames: number) {
    this.#reduction = new Reduction(context.gl, 1, maxFrames);
  }

  add(target: Target): void {
    this.#reduction.add([target]);
    this.#numFrames += 1;
  }

  /** Red, green and blue bytes of each frame. */
  read(): Uint8Array[] {
    if (this.#numFrames === 0) return [];
    const all = this.#reduction.read();
    const size = CELLS_X * CELLS_Y * 3;
    return Array.from({ length: this.#numFrames }, (_, frame) =>
      all.subarray(frame * size, (frame + 1) * size),
    );
  }
}
