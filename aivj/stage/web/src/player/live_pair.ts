// One pair on the GPU: two layers, and everything they made there.

import type { AudioLevels } from "butterchurn";
import type { Target } from "../render/context.ts";
import type { GlLedger } from "../render/gl_objects.ts";
import { GlObjects } from "../render/gl_objects.ts";
import { FULL_MESH, type Layer, type LayerFactory } from "../render/layer.ts";
import type { Size } from "./parameters.ts";

/** Butterchurn presets, as the converter makes them. */
export interface PairPresets {
  readonly foreground: object;
  readonly background: object;
}

const FIRST_FRAME_S = 1 / 60;

export class LivePair {
  readonly #objects = new GlObjects();
  readonly #ledger: GlLedger;
  #layers: readonly [foreground: Layer, background: Layer] | null = null;

  private constructor(
    ledger: GlLedger,
    readonly size: Size,
  ) {
    this.#ledger = ledger;
  }

  /** Loads a pair and draws its first frame. Rejects, and leaves nothing, when that fails. */
  static async load(
    factory: LayerFactory,
    presets: PairPresets,
    size: Size,
    seed: number,
    levels: () => AudioLevels,
  ): Promise<LivePair> {
    const { ledger, programs } = factory.context;
    const pair = new LivePair(ledger, size);
    const before = ledger.owner;
    // Butterchurn also makes objects in callbacks of its own, so this lasts across the waits.
    ledger.owner = pair.#objects;
    programs.forgetUses();
    try {
      const foreground = factory.create({ ...size, ...FULL_MESH }, seed);
      await named("foreground", foreground.load(presets.foreground));
      const background = factory.create({ ...size, ...FULL_MESH }, seed + 1);
      await named("background", background.load(presets.background));
      pair.#layers = [foreground, background];
      pair.render(levels(), FIRST_FRAME_S);
      const [linkError] = programs.linkErrors();
      if (linkError !== undefined) throw new Error(`a shader does not link: ${linkError}`);
      return pair;
    } catch (error) {
      ledger.owner = before;
      pair.release();
      throw error;
    }
  }

  get targets(): readonly [foreground: Target, background: Target] {
    const [foreground, background] = this.#loaded();
    return [foreground.target, background.target];
  }

  /** Draws the next frame of both layers. Throws when an equation traps. */
  render(levels: AudioLevels, elapsedS: number): void {
    this.#ledger.during(this.#objects, () => {
      for (const layer of this.#loaded()) layer.render(levels, elapsedS);
    });
  }

  /** Deletes what the pair made; it cannot be drawn afterwards. */
  release(): void {
    this.#layers = null;
    this.#objects.release();
  }

  #loaded(): readonly [Layer, Layer] {
    if (this.#layers === null) throw new Error("the pair is not on the GPU");
    return this.#layers;
  }
}

async function named(layer: string, loading: Promise<void>): Promise<void> {
  try {
    await loading;
  } catch (error) {
    throw new Error(`${layer}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
