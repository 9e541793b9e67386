// The canvas: draws the present pair with every animation frame.

import { Composite } from "../render/composite.ts";
import { StageContext } from "../render/context.ts";
import { LayerFactory } from "../render/layer.ts";
import { LivePair, type PairPresets } from "./live_pair.ts";
import type { Music } from "./music.ts";
import type { Size } from "./parameters.ts";

/** After a pause, a hidden tab for one, the presets go on where they were. */
const MAX_ELAPSED_S = 0.25;

export interface DrawState {
  /** Whether a pair was drawn. */
  initialized: boolean;
  /** Since the page was opened. */
  framesRendered: number;
  /** `performance.now()` of the last frame. */
  lastRenderTimeMs: number;
  /** Whether drawing stopped since it failed; the next pair starts it again. */
  aborted: boolean;
  abortReason: string | null;
}

export class Screen {
  readonly #context: StageContext;
  readonly #composite: Composite;
  readonly #factory: Promise<LayerFactory>;
  readonly #fixedSize: Size | null;
  readonly #onAbort: (reason: string) => void;
  #shown: { readonly pair: LivePair; readonly music: Music } | null = null;
  #state: DrawState = {
    initialized: false,
    framesRendered: 0,
    lastRenderTimeMs: 0,
    aborted: false,
    abortReason: null,
  };

  /** Pairs are as large as the window, or of `fixedSize` and stretched. */
  constructor(
    canvas: HTMLCanvasElement,
    fixedSize: Size | null,
    onAbort: (reason: string) => void,
  ) {
    this.#context = new StageContext(canvas);
    this.#composite = new Composite(this.#context.gl);
    this.#factory = LayerFactory.create(this.#context, 0);
    this.#fixedSize = fixedSize;
    this.#onAbort = onAbort;
    requestAnimationFrame((nowMs) => this.#onFrame(nowMs));
  }

  get state(): Readonly<DrawState> {
    return { ...this.#state };
  }

  /** Puts a pair in the place of the present one, which stays when this rejects. */
  async show(presets: PairPresets, music: Music, seed: number): Promise<void> {
    this.#refuseLostContext();
    const size = this.#fixedSize ?? windowSize();
    const levels = () => music.levelsAt(performance.now());
    const pair = await LivePair.load(await this.#factory, presets, size, seed, levels);
    this.#shown?.pair.release();
    this.#shown = { pair, music };
    Object.assign(this.#context.canvas, size);
    this.#state.aborted = false;
    this.#state.abortReason = null;
  }

  #onFrame(nowMs: number): void {
    requestAnimationFrame((laterMs) => this.#onFrame(laterMs));
    if (this.#shown === null || this.#state.aborted) return;
    try {
      this.#draw(this.#shown.pair, this.#shown.music, nowMs);
    } catch (error) {
      this.#abort(error instanceof Error ? error.message : String(error));
    }
  }

  #draw(pair: LivePair, music: Music, nowMs: number): void {
    this.#refuseLostContext();
    const elapsedS = Math.max(0, nowMs - this.#state.lastRenderTimeMs) / 1000;
    pair.render(music.levelsAt(nowMs), Math.min(elapsedS, MAX_ELAPSED_S));
    const { width, height } = pair.size;
    this.#composite.draw(...pair.targets, null, width, height);
    this.#state.initialized = true;
    this.#state.framesRendered += 1;
    this.#state.lastRenderTimeMs = nowMs;
  }

  #refuseLostContext(): void {
    if (this.#context.gl.isContextLost()) throw new Error("the WebGL context was lost");
  }

  #abort(reason: string): void {
    this.#state.aborted = true;
    this.#state.abortReason = reason;
    this.#onAbort(reason);
  }
}

function windowSize(): Size {
  return { width: Math.max(1, window.innerWidth), height: Math.max(1, window.innerHeight) };
}
