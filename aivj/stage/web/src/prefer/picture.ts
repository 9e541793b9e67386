// One pair on a canvas of its own.

import type { AudioLevels } from "butterchurn";
import { messageOf } from "../ground/errors.ts";
import { loadPreset } from "../page/converted.ts";
import { type LayerOrder, LiveLayer } from "../page/live_layer.ts";
import { Pace } from "../page/pace.ts";
import { isSoftware, type Size } from "../page/picture_size.ts";
import { Composite } from "../render/composite.ts";
import { StageContext } from "../render/context.ts";
import { LayerFactory } from "../render/layer.ts";
import type { ShownPair } from "./api.ts";
import { ContextLost } from "./failures.ts";

export class Picture {
  readonly #context: StageContext;
  readonly #composite: Composite;
  readonly #factory: Promise<LayerFactory>;
  #layers: readonly LiveLayer[] = [];

  constructor(readonly canvas: HTMLCanvasElement) {
    this.#context = new StageContext(canvas);
    this.#composite = new Composite(this.#context.gl);
    this.#factory = LayerFactory.create(this.#context);
  }

  /** Whether the CPU draws it. */
  get isSoftware(): boolean {
    return isSoftware(this.#context.describe().renderer);
  }

  /** Takes a pair in the place of the present one; the canvas keeps its last frame until `draw`. */
  async load(pair: ShownPair, size: Size, seed: number, levels: () => AudioLevels): Promise<void> {
    for (const layer of this.#layers) layer.release();
    this.#layers = [];
    const urls = { foreground: pair.fgUrl, background: pair.bgUrl };
    const built: LiveLayer[] = [];
    try {
      for (const [index, [name, url]] of Object.entries(urls).entries()) {
        const order = { size, seed: seed + index, levels };
        built.push(await this.#build(name, url, order));
      }
    } catch (error) {
      for (const layer of built) layer.release();
      throw this.#blamed(error);
    }
    this.#layers = built;
    // Setting the same size again would clear the canvas.
    if (this.canvas.width !== size.width) this.canvas.width = size.width;
    if (this.canvas.height !== size.height) this.canvas.height = size.height;
  }

  /** Draws the next frame. Throws when an equation traps. */
  draw(levels: AudioLevels, elapsedS: number): void {
    const [foreground, background] = this.#layers;
    if (!foreground || !background) return;
    try {
      for (const layer of this.#layers) layer.render(levels, elapsedS);
    } catch (error) {
      throw this.#blamed(error);
    }
    if (this.#context.gl.isContextLost()) throw new ContextLost();
    const { width, height } = this.canvas;
    this.#composite.draw(foreground.target, background.target, null, width, height);
  }

  async #build(name: string, url: string, order: Omit<LayerOrder, "preset">): Promise<LiveLayer> {
    try {
      const { preset } = await loadPreset(url);
      return await LiveLayer.build(await this.#factory, { preset, ...order }, Pace.hurried());
    } catch (error) {
      throw new Error(`${name}: ${messageOf(error)}`);
    }
  }

  /** Without a context anything can fail. */
  #blamed(error: unknown): unknown {
    return this.#context.gl.isContextLost() ? new ContextLost() : error;
  }
}
