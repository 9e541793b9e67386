// Coupled pairs: from the pack to the canvas.

import { loadPreset } from "./converted.ts";
import { Music } from "./music.ts";
import { type ListedPair, loadPack, type Pack } from "./pack.ts";
import type { Panel } from "./panel.ts";
import type { Parameters } from "./parameters.ts";
import type { Screen } from "./screen.ts";
import { isPickMode, type PairPicker, type PickMode } from "./selection.ts";

const CLIP_URL = "/clips/music.u8";

/** What was put on the canvas last. */
export interface LastPick {
  /** `performance.now()` of the change. */
  timeMs: number;
  pair: number | null;
  quality01: number | null;
  warpDiff: number | null;
  cxDiff: number | null;
}

export interface CoupledState {
  enabled: boolean;
  pack: string;
  pickMode: PickMode;
  lastPick: LastPick | null;
  /** The pack that is active; `scoredPairs` counts its pairs with a score. */
  manifest: { url: string; pairs: number; scoredPairs: number } | null;
}

/** How the last call of `next` went. Times are `performance.now()`. */
export interface NextReport {
  startedAt: number;
  finishedAt: number | null;
  ok: boolean;
  reason: string;
  lastPick: LastPick | null;
  error: string | null;
}

export interface SampleRequest {
  iterations: number;
  pickMode?: string;
  /** Forget recent picks and the shuffled order first. */
  reset?: boolean;
}

export interface SampledPick {
  pair: number | null;
  quality01: number | null;
  requestedMode: string;
  mode: PickMode;
  reason: string;
}

export type SampleReply = { ok: boolean; picks: SampledPick[] };

export class CoupledPairs {
  readonly #parameters: Parameters;
  readonly #picker: PairPicker;
  readonly #screen: Screen;
  readonly #panel: Panel;
  #music: Music | null = null;
  #pack: Pack | null = null;
  #loading: Promise<Pack | null> | null = null;
  #shown: ListedPair | null = null;
  #lastPick: LastPick | null = null;
  #lastNext: NextReport | null = null;
  #numShown = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parameters: Parameters, picker: PairPicker, screen: Screen, panel: Panel) {
    this.#parameters = parameters;
    this.#picker = picker;
    this.#screen = screen;
    this.#panel = panel;
  }

  get state(): CoupledState {
    const { enabled, pack } = this.#parameters;
    const active = this.#pack;
    return {
      enabled,
      pack,
      pickMode: this.#picker.mode,
      lastPick: this.#lastPick,
      manifest: active && {
        url: active.url,
        pairs: active.pairs.length,
        scoredPairs: active.pairs.filter((listed) => listed.quality01 !== undefined).length,
      },
    };
  }

  /** Ids of the presets on the canvas. */
  get presetIds(): { fg: string; bg: string } {
    const idOf = (layer: string) => (this.#shown ? this.#presetId(this.#shown, layer) : "");
    return { fg: idOf("fg"), bg: idOf("bg") };
  }

  get lastNext(): NextReport | null {
    return this.#lastNext;
  }

  /** Makes the pack active if it is not yet; false when that fails. */
  async init(): Promise<boolean> {
    const { enabled, pack, manifest } = this.#parameters;
    if (this.#pack !== null) return true;
    if (!enabled || pack === "") return false;
    this.#loading ??= loadPack(pack, manifest);
    this.#pack = await this.#loading;
    this.#loading = null;
    return this.#pack !== null;
  }

  /** Picks a pair and puts it on the canvas, after the calls before; false when that fails. */
  next(reason: string): Promise<boolean> {
    const ours = this.#turn.then(() => this.#next(reason));
    this.#turn = ours;
    return ours;
  }

  /** Picks as `next` does, without loading or drawing anything. */
  async sample({ iterations, pickMode = "", reset = false }: SampleRequest): Promise<SampleReply> {
    if (!(await this.init()) || this.#pack === null) return { ok: false, picks: [] };
    if (reset) this.#picker.reset();
    const mode = isPickMode(pickMode) ? pickMode : this.#picker.mode;
    const picks: SampledPick[] = [];
    for (let number = 0; number < iterations; number++) {
      const { pair, quality01 } = this.#pick(this.#pack, mode, "sample");
      picks.push({
        pair: pair ?? null,
        quality01: quality01 ?? null,
        requestedMode: pickMode || mode,
        mode,
        reason: "sample",
      });
    }
    return { ok: true, picks };
  }

  async #next(reason: string): Promise<boolean> {
    const report: NextReport = {
      startedAt: performance.now(),
      finishedAt: null,
      ok: false,
      reason,
      lastPick: this.#lastPick,
      error: null,
    };
    this.#lastNext = report;
    try {
      report.ok = await this.#showNext(reason);
      if (!report.ok) report.error = "cycleToNextCoupledPair:not-ready";
    } catch (error) {
      report.error = "cycleToNextCoupledPair:exception";
      console.warn("[coupled-pairs] pair not shown", error);
    }
    report.lastPick = this.#lastPick;
    report.finishedAt = performance.now();
    return report.ok;
  }

  /** False when there is no pair to show, rejects when one fails; the status line says it. */
  async #showNext(reason: string): Promise<boolean> {
    if (!(await this.init()) || this.#pack === null) {
      this.#panel.say("Coupled pairs not ready", "failed");
      const { pack, manifest } = this.#parameters;
      this.#panel.explain(`${manifest} of pack '${pack}' is missing, broken or empty`);
      return false;
    }
    const mode = this.#picker.mode;
    const listed = this.#pick(this.#pack, mode, reason);
    if (!listed.fgUrl || !listed.bgUrl) {
      this.#panel.say("Coupled pairs empty", "failed");
      return false;
    }
    this.#panel.say(`Coupled (${mode}) loading pair ${listed.pair} ...`, "busy");
    try {
      await this.#show(listed, listed.fgUrl, listed.bgUrl);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#panel.say(`Coupled pair ${listed.pair} failed: ${message}`, "failed");
      throw error;
    }
    this.#panel.say(`Coupled pair: ${listed.pair}`);
    return true;
  }

  async #show(listed: ListedPair, fgUrl: string, bgUrl: string): Promise<void> {
    const [foreground, background, music] = await Promise.all([
      loadPreset(fgUrl),
      loadPreset(bgUrl),
      this.#music ?? Music.fetch(CLIP_URL),
    ]);
    this.#music = music;
    const seed = Math.imul(this.#parameters.seed + this.#numShown + 1, 0x9e3779b1);
    const presets = { foreground: foreground.preset, background: background.preset };
    await this.#screen.show(presets, music, seed);
    this.#numShown += 1;
    this.#shown = listed;
    this.#lastPick = {
      timeMs: performance.now(),
      pair: listed.pair ?? null,
      quality01: listed.quality01 ?? null,
      warpDiff: listed.warp_diff ?? null,
      cxDiff: listed.cx_diff ?? null,
    };
    this.#panel.showPair(listed, [...foreground.degradedReasons, ...background.degradedReasons]);
  }

  #pick(pack: Pack, mode: PickMode, reason: string): ListedPair {
    const listed = this.#picker.pick(pack.name, pack.pairs, mode);
    const q = listed.quality01 ?? "na";
    const id = this.#presetId(listed, "fg");
    console.info(
      `[sel] mode=${mode} pack=${pack.name} pair=${listed.pair} q=${q} presetId=${id} reason=${reason}`,
    );
    return listed;
  }

  #presetId(listed: ListedPair, layer: string): string {
    return `coupled:${this.#parameters.pack}:${listed.pair}:${layer}`;
  }
}
