// Presets made ready to be shown: on demand, or ahead of it.

import { messageOf } from "../ground/errors.ts";
import { type Converted, loadPreset, PageFault, presetName } from "../page/converted.ts";
import type { LiveLayer } from "../page/live_layer.ts";
import { Pace, Superseded } from "../page/pace.ts";
import { logBatch, logSkipped } from "./preload_log.ts";
import type { LayerKey } from "./programme.ts";
import { LAYER_NAMES } from "./programme.ts";
import type { Screen } from "./screen.ts";

/** What is to be made ready: one preset or both. */
export interface Order {
  /** Equal for equal orders. */
  readonly key: string;
  readonly urls: Readonly<Partial<Record<LayerKey, string>>>;
  readonly seed: number;
}

export interface Ready {
  readonly layers: Partial<Record<LayerKey, LiveLayer>>;
  readonly degradedReasons: readonly string[];
  readonly report: LoadReport;
}

/** How a load went. Durations in ms, times of `performance.now()`; null: not yet, or never. */
export interface LoadReport {
  readonly token: number;
  /** Of the foreground, or of the only preset. */
  readonly url: string;
  /** Whether it was made ready ahead. */
  cache: "prefetched" | "miss";
  fetchMs: number | null;
  /** How long slices waited for frames. */
  yieldMs: number;
  applyMs: number | null;
  totalMs: number | null;
  tApplyEndMs: number | null;
  tEndMs: number | null;
  firstFrameMs: number | null;
  applyToFirstFrameMs: number | null;
  outcome: "loading" | "ok" | "failed" | "superseded";
  errorText: string | null;
}

interface Job {
  readonly key: string;
  readonly pace: Pace;
  readonly ready: Promise<Ready>;
  readonly report: LoadReport;
}

export class Preparation {
  readonly #screen: Pick<Screen, "build">;
  readonly #onMiss: () => void;
  readonly #load: (url: string) => Promise<Converted>;
  #ahead: Job | null = null;
  #numJobs = 0;
  #last: LoadReport | null = null;

  /** `onMiss` is called when somebody begins to wait. */
  constructor(screen: Pick<Screen, "build">, onMiss: () => void, load = loadPreset) {
    this.#screen = screen;
    this.#onMiss = onMiss;
    this.#load = load;
  }

  /** Of the load that was asked for last; null before the first. */
  get lastReport(): LoadReport | null {
    return this.#last;
  }

  /** Key of what is ready or becomes ready ahead; null when nothing is. */
  get aheadKey(): string | null {
    return this.#ahead?.key ?? null;
  }

  /** Whether something becomes ready ahead at this moment. */
  get isMakingAhead(): boolean {
    return this.#ahead?.report.outcome === "loading";
  }

  /** What was ordered, ready to be shown. Rejects when a preset cannot be drawn. */
  async take(order: Order): Promise<Ready> {
    const ahead = this.#ahead;
    this.#ahead = null;
    const job = ahead?.key === order.key ? ahead : this.#start(order, Pace.hurried());
    if (ahead !== null && ahead !== job) discard(ahead);
    if (job === ahead) job.report.cache = "prefetched";
    else this.#onMiss();
    this.#last = job.report;
    job.pace.hurry();
    return await job.ready;
  }

  /** Makes ready in quiet moments; what was made ready ahead before goes. */
  ahead(order: Order): void {
    if (this.#ahead?.key === order.key) {
      logSkipped(presetName(this.#ahead.report.url));
      return;
    }
    this.cancelAhead();
    this.#ahead = this.#start(order, Pace.leisurely());
    logBatch(presetName(this.#ahead.report.url), this.#ahead.ready);
  }

  cancelAhead(): void {
    if (this.#ahead !== null) discard(this.#ahead);
    this.#ahead = null;
  }

  #start({ key, urls, seed }: Order, pace: Pace): Job {
    this.#numJobs += 1;
    const report = newReport(this.#numJobs, urls.fg ?? urls.bg ?? "");
    return { key, pace, report, ready: this.#make(urls, seed, pace, report) };
  }

  async #make(urls: Order["urls"], seed: number, pace: Pace, report: LoadReport): Promise<Ready> {
    const startedMs = performance.now();
    const layers: Partial<Record<LayerKey, LiveLayer>> = {};
    try {
      const fetched = await this.#fetchAll(urls);
      report.fetchMs = performance.now() - startedMs;
      for (const [index, [layer, { preset }]] of fetched.entries()) {
        layers[layer] = await named(layer, this.#screen.build(layer, preset, seed + index, pace));
      }
      report.outcome = "ok";
      const degradedReasons = fetched.flatMap(([, converted]) => converted.degradedReasons);
      return { layers, degradedReasons, report };
    } catch (error) {
      for (const made of Object.values(layers)) made.release();
      report.outcome = error instanceof Superseded ? "superseded" : "failed";
      report.errorText = messageOf(error);
      throw error;
    } finally {
      const nowMs = performance.now();
      report.yieldMs = pace.waitedMs;
      report.totalMs = nowMs - startedMs;
      report.applyMs = report.totalMs - (report.fetchMs ?? report.totalMs) - report.yieldMs;
      report.tApplyEndMs = nowMs;
      report.tEndMs = nowMs;
    }
  }

  async #fetchAll(urls: Order["urls"]): Promise<(readonly [LayerKey, Converted])[]> {
    const entries = Object.entries(urls) as [LayerKey, string][];
    return await Promise.all(
      entries.map(async ([layer, url]) => [layer, await named(layer, this.#load(url))] as const),
    );
  }
}

async function named<T>(layer: LayerKey, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Superseded) throw error;
    const message = `${LAYER_NAMES[layer]}: ${messageOf(error)}`;
    throw error instanceof PageFault ? new PageFault(message) : new Error(message);
  }
}

function discard(job: Job): void {
  job.pace.cancel();
  job.ready
    .then(({ layers }) => {
      for (const layer of Object.values(layers)) layer.release();
    })
    // It failed, or ended before it was made: nothing is left of it.
    .catch(() => {});
}

function newReport(token: number, url: string): LoadReport {
  return {
    token,
    url,
    cache: "miss",
    fetchMs: null,
    yieldMs: 0,
    applyMs: null,
    totalMs: null,
    tApplyEndMs: null,
    tEndMs: null,
    firstFrameMs: null,
    applyToFirstFrameMs: null,
    outcome: "loading",
    errorText: null,
  };
}
