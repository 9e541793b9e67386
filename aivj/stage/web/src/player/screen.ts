// The canvas: draws the layers with every animation frame.

import { messageOf } from "../ground/errors.ts";
import { MAX_STEP_S } from "../ground/smoothing.ts";
import { PageFault } from "../page/converted.ts";
import { LiveLayer } from "../page/live_layer.ts";
import type { Pace } from "../page/pace.ts";
import type { Size } from "../page/picture_size.ts";
import { StageContext } from "../render/context.ts";
import { LayerFactory } from "../render/layer.ts";
import { Compositor, type Look } from "./compositor.ts";
import { LayerSampler, type LayerSamples } from "./layer_sampler.ts";
import { LAYER_NAMES, type LayerKey } from "./programme.ts";
import type { Ear } from "./sound/ear.ts";

export interface DrawState {
  /** Whether something was drawn. */
  initialized: boolean;
  /** Since the page was opened. */
  framesRendered: number;
  /** `performance.now()` of the last frame. */
  lastRenderTimeMs: number;
  /** Whether drawing stopped since it failed; the next presets start it again. */
  aborted: boolean;
  abortReason: string | null;
}

type Layers = Readonly<Record<LayerKey, LiveLayer>>;

interface Entrance {
  readonly seen: () => void;
  readonly failed: (error: Error) => void;
}

/** What a frame needs beside the layers. */
interface FrameGuide {
  /** Called before each frame, whether or not something is drawn. */
  onFrame(nowMs: number): void;
  look(nowMs: number): Look;
  onDrawn(nowMs: number, workMs: number): void;
  /** A layer failed while it was drawn; null: both, or the GPU. */
  onAbort(reason: string, layer: LayerKey | null): void;
}

export class Screen {
  /** What draws, as far as the browser tells. */
  readonly renderer: string;
  readonly #context: StageContext;
  readonly #compositor: Compositor;
  readonly #sampler: LayerSampler;
  readonly #factory: Promise<LayerFactory>;
  readonly #ear: Ear;
  readonly #guide: FrameGuide;
  readonly #size: () => Size;
  #building: Promise<unknown> = Promise.resolve();
  #layers: Layers | null = null;
  #entering: Promise<unknown> = Promise.resolve();
  /** Of layers whose first frame is not there yet. */
  #entrance: Entrance | null = null;
  #drawing: LayerKey | null = null;
  #state: DrawState = {
    initialized: false,
    framesRendered: 0,
    lastRenderTimeMs: 0,
    aborted: false,
    abortReason: null,
  };

  /**
   * Throws when the browser has no WebGL2. `mirror` shows the foreground in coarse cells; `size` is
   * asked when layers are made.
   */
  constructor(
    canvas: HTMLCanvasElement,
    mirror: HTMLCanvasElement,
    size: () => Size,
    ear: Ear,
    guide: FrameGuide,
  ) {
    this.#context = new StageContext(canvas, { keepPicture: true });
    this.renderer = this.#context.describe().renderer;
    this.#compositor = new Compositor(this.#context);
    this.#sampler = new LayerSampler(this.#context, mirror);
    this.#factory = LayerFactory.create(this.#context);
    this.#size = size;
    this.#ear = ear;
    this.#guide = guide;
    requestAnimationFrame((nowMs) => this.#onFrame(nowMs));
  }

  get state(): Readonly<DrawState> {
    return { ...this.#state };
  }

  get samples(): LayerSamples {
    return this.#sampler.samples;
  }

  /** What layers are drawn with. */
  get size(): Size {
    return this.#size();
  }

  /** Whether the GPU took the context away; only another page gets one. */
  get isLost(): boolean {
    return this.#context.gl.isContextLost();
  }

  /** Makes a layer that draws `preset`, once those asked for before are made. */
  build(layer: LayerKey, preset: object, seed: number, pace: Pace): Promise<LiveLayer> {
    const ours = this.#building.then(async () => {
      this.#refuseLostContext();
      const levels = () => this.#ear.levels(layer);
      const order = { preset, size: this.#size(), seed, levels };
      return await LiveLayer.build(await this.#factory, order, pace);
    });
    this.#building = ours.catch(() => {});
    return ours;
  }

  /**
   * Puts layers in the place of the present ones, of which those stay that were not made anew; fades
   * from what was, unless `cut`. Resolves when their first frame is there and was looked at. Rejects
   * when they break before: what was shown goes on. Nothing happens while the page is hidden.
   */
  show(made: Partial<Layers>, cut: boolean): Promise<void> {
    const ours = this.#entering.then(() => this.#enter(made, cut));
    this.#entering = ours.catch(() => {});
    return ours;
  }

  /** Brings what is drawn to the present size. */
  fit(): void {
    if (this.#layers === null) return;
    const size = this.#size();
    for (const layer of Object.values(this.#layers)) layer.resize(size);
    const { canvas } = this.#context;
    // Setting the same size again would clear the canvas.
    if (canvas.width !== size.width) canvas.width = size.width;
    if (canvas.height !== size.height) canvas.height = size.height;
  }

  async #enter(made: Partial<Layers>, cut: boolean): Promise<void> {
    const before = this.#layers;
    const { aborted, abortReason } = this.#state;
    const fg = made.fg ?? before?.fg;
    const bg = made.bg ?? before?.bg;
    if (fg === undefined || bg === undefined) throw new Error("a layer was not made");
    if (before !== null && !cut) this.#compositor.freeze(performance.now());
    this.#layers = { fg, bg };
    this.#sampler.forget();
    Object.assign(this.#state, { aborted: false, abortReason: null });
    try {
      this.fit();
      await new Promise<void>((seen, failed) => {
        this.#entrance = { seen, failed };
      });
    } catch (error) {
      this.#layers = before;
      releaseOthers({ fg, bg }, before);
      if (before !== null && !this.isLost) {
        Object.assign(this.#state, { aborted, abortReason });
        this.#sampler.forget();
        this.fit();
      }
      throw error;
    }
    if (before !== null) releaseOthers(before, { fg, bg });
  }

  #onFrame(nowMs: number): void {
    requestAnimationFrame((laterMs) => this.#onFrame(laterMs));
    this.#guide.onFrame(nowMs);
    if (this.#layers === null || this.#state.aborted) return;
    const startedMs = performance.now();
    this.#drawing = null;
    try {
      this.#draw(this.#layers, nowMs);
    } catch (error) {
      this.#abort(messageOf(error));
      return;
    }
    this.#guide.onDrawn(nowMs, performance.now() - startedMs);
  }

  #draw({ fg, bg }: Layers, nowMs: number): void {
    this.#refuseLostContext();
    this.#sampler.collect();
    if (this.#sampler.samples.fg !== null) this.#entered();
    const elapsedS = Math.max(0, nowMs - this.#state.lastRenderTimeMs) / 1000;
    const stepS = Math.min(elapsedS, MAX_STEP_S);
    for (const [layer, live] of [
      ["fg", fg],
      ["bg", bg],
    ] as const) {
      this.#drawing = layer;
      live.render(this.#ear.levels(layer), stepS);
    }
    this.#drawing = null;
    this.#compositor.draw(fg.target, bg.target, this.#guide.look(nowMs), nowMs);
    this.#sampler.ask(fg.target, bg.target, nowMs);
    this.#state.initialized = true;
    this.#state.framesRendered += 1;
    this.#state.lastRenderTimeMs = nowMs;
  }

  #refuseLostContext(): void {
    if (this.isLost) throw new PageFault("the WebGL context was lost");
  }

  #entered(): void {
    this.#entrance?.seen();
    this.#entrance = null;
  }

  #abort(reason: string): void {
    const entrance = this.#entrance;
    this.#entrance = null;
    this.#state.aborted = true;
    this.#state.abortReason = reason;
    if (entrance === null || this.isLost) this.#guide.onAbort(reason, this.#drawing);
    if (this.isLost) entrance?.failed(new PageFault(reason));
    else entrance?.failed(new Error(this.#named(reason)));
  }

  #named(reason: string): string {
    return this.#drawing === null ? reason : `${LAYER_NAMES[this.#drawing]}: ${reason}`;
  }
}

function releaseOthers(gone: Layers, kept: Layers | null): void {
  if (gone.fg !== kept?.fg) gone.fg.release();
  if (gone.bg !== kept?.bg) gone.bg.release();
}
