// One preset on the GPU, and everything it made there.

import type { AudioLevels } from "butterchurn";
import type { Target } from "../render/context.ts";
import { type GlLedger, GlObjects } from "../render/gl_objects.ts";
import { FULL_MESH, type Layer, type LayerFactory } from "../render/layer.ts";
import type { Pace } from "./pace.ts";
import type { Size } from "./picture_size.ts";

export interface LayerOrder {
  /** As the converter makes it. */
  readonly preset: object;
  readonly size: Size;
  readonly seed: number;
  /** What it hears in its first frame. */
  readonly levels: () => AudioLevels;
}

const FIRST_FRAME_S = 1 / 60;

export class LiveLayer {
  readonly #objects = new GlObjects();
  readonly #ledger: GlLedger;
  #layer: Layer | null = null;

  private constructor(ledger: GlLedger) {
    this.#ledger = ledger;
  }

  /**
   * Loads a preset and draws its first frame. Rejects, and leaves nothing, when that fails. One layer
   * of a context is built at a time.
   */
  static async build(factory: LayerFactory, order: LayerOrder, pace: Pace): Promise<LiveLayer> {
    const live = new LiveLayer(factory.context.ledger);
    try {
      await live.#build(factory, order, pace);
      return live;
    } catch (error) {
      live.release();
      throw error;
    }
  }

  get target(): Target {
    return this.#loaded().target;
  }

  /** Draws the next frame. Throws when an equation traps. */
  render(levels: AudioLevels, elapsedS: number): void {
    this.#ledger.during(this.#objects, () => this.#loaded().render(levels, elapsedS));
  }

  resize({ width, height }: Size): void {
    const { target } = this;
    if (target.width === width && target.height === height) return;
    this.#ledger.during(this.#objects, () => this.#loaded().resize(width, height));
  }

  /** Deletes what the layer made; it cannot be drawn afterwards. */
  release(): void {
    this.#layer = null;
    this.#objects.release();
  }

  async #build(factory: LayerFactory, order: LayerOrder, pace: Pace): Promise<void> {
    const { programs } = factory.context;
    const { preset, size, seed, levels } = order;
    await pace.turn();
    programs.forgetUses();
    const booked = <T>(make: () => T) => this.#ledger.during(this.#objects, make);
    const layer = booked(() => factory.create({ ...size, ...FULL_MESH }, seed));
    await pace.turn();
    await pace.until(booked(() => layer.compile(preset)));
    await pace.turn();
    await this.#load(layer, preset);
    this.#layer = layer;
    await pace.turn();
    this.render(levels(), FIRST_FRAME_S);
    const [linkError] = programs.linkErrors();
    if (linkError !== undefined) throw new Error(`a shader does not link: ${linkError[1]}`);
  }

  /** Butterchurn also makes objects behind its own waits. */
  async #load(layer: Layer, preset: object): Promise<void> {
    this.#ledger.owner = this.#objects;
    try {
      await layer.load(preset);
    } finally {
      this.#ledger.owner = null;
    }
  }

  #loaded(): Layer {
    if (this.#layer === null) throw new Error("the layer is not on the GPU");
    return this.#layer;
  }
}
