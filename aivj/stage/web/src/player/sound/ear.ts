// What is heard in a frame: by the presets, each layer at its own pace, and by the director.

import type { AudioLevels } from "butterchurn";
import { type AudioFeatures, FeatureExtractor } from "../../director/audio_features.ts";
import { approach, clamp01 } from "../../ground/smoothing.ts";
import { SAMPLE_RATE_HZ } from "../../render/clip.ts";
import type { ListeningRates } from "../load/caps.ts";
import type { LayerKey } from "../programme.ts";
import { Hearing, type Loudness, MIN_SOUND_RMS } from "./hearing.ts";
import type { Sound } from "./sound.ts";
import { emptyLevels, silentWindow } from "./window.ts";

/** How long a pause of the music is not yet silence. */
const SILENT_AFTER_MS = 2000;
/** Intensity follows the music over bars, not beats: what is made ready ahead must still fit. */
const INTENSITY_RATE_PER_S = 0.3;

/** What listening has cost since the page was opened: how often each part of it was done. */
interface EarWork {
  readonly numAnalyses: number;
  readonly numBeatSteps: number;
  readonly numTempoEstimates: number;
  readonly numFeeds: Readonly<Record<LayerKey, number>>;
}

class Feed {
  readonly levels = emptyLevels();
  count = 0;
  #atMs = Number.NEGATIVE_INFINITY;

  /** Takes over what is heard, if that is due. */
  offer(heard: AudioLevels, nowMs: number, intervalMs: number): void {
    // A frame that comes a little early is the one that was meant.
    if (nowMs - this.#atMs < intervalMs - 4) return;
    this.#atMs = nowMs;
    this.count += 1;
    this.levels.timeByteArray.set(heard.timeByteArray);
    this.levels.timeByteArrayL.set(heard.timeByteArrayL);
    this.levels.timeByteArrayR.set(heard.timeByteArrayR);
  }
}

/** Ours: above this an accent is one that people notice; it has to fall well below to come again. */
const RISES_AT = 0.5;
const ENDS_AT = 0.25;
const REMEMBERED_MS = 30_000;
/** Of the accent in the intensity of a moment. */
const ACCENT_SHARE = 0.2;

/** The accents of the music: when they came, and what they add to its intensity. */
export class AccentTrace {
  #accent01 = 0;
  #isUp = false;
  #risesMs: readonly number[] = [];

  /** Goes on by an analysis of the music. */
  advance(accent01: number, nowMs: number): void {
    this.#accent01 = accent01;
    const rises = !this.#isUp && accent01 >= RISES_AT;
    this.#isUp = this.#isUp ? accent01 > ENDS_AT : rises;
    const recent = this.#risesMs.filter((atMs) => nowMs - atMs <= REMEMBERED_MS);
    this.#risesMs = rises ? [...recent, nowMs] : recent;
  }

  /** How strong it is now, and how often it came. */
  figures(nowMs: number): string {
    const lastMs = this.#risesMs.at(-1);
    const last = lastMs === undefined ? "" : `, the last ${seconds(nowMs - lastMs)} ago`;
    const count = `${this.#risesMs.length} in ${seconds(REMEMBERED_MS)}`;
    return `accent ${this.#accent01.toFixed(2)} · ${count}${last}`;
  }

  /** Where it goes: into the intensity, which picks and depth follow. */
  path(intensity01: number): string {
    const added = ACCENT_SHARE * this.#accent01;
    return `accent ${this.#accent01.toFixed(2)} → +${added.toFixed(2)} of the moment → intensity ${intensity01.toFixed(2)}`;
  }
}

export class Ear {
  readonly #sound: Sound;
  readonly #window = silentWindow();
  readonly #hearing = new Hearing();
  readonly #extractor = new FeatureExtractor(SAMPLE_RATE_HZ);
  readonly #feeds: Readonly<Record<LayerKey, Feed>> = { fg: new Feed(), bg: new Feed() };
  readonly accents = new AccentTrace();
  #features: AudioFeatures | null = null;
  #intensity01 = 0;
  #listenedAtMs: number | null = null;
  #numAnalyses = 0;
  #heardAtMs = Number.NEGATIVE_INFINITY;

  constructor(sound: Sound) {
    this.#sound = sound;
  }

  /** Goes on by a frame. */
  listen(nowMs: number, rates: ListeningRates): void {
    const elapsedMs = this.#listenedAtMs === null ? 0 : nowMs - this.#listenedAtMs;
    if (this.#listenedAtMs !== null && elapsedMs < 1000 / rates.analysesPerS - 4) return;
    this.#listenedAtMs = nowMs;
    this.#numAnalyses += 1;
    const elapsedS = elapsedMs / 1000;
    this.#sound.read(nowMs, this.#window);
    const heard = this.#hearing.hear(this.#window, elapsedS);
    if (this.loudness.rms >= MIN_SOUND_RMS) this.#heardAtMs = nowMs;
    const features = this.#extractor.advance(this.#window.mono, nowMs, elapsedS, rates.beat);
    this.#features = features;
    this.accents.advance(features.accent01, nowMs);
    this.#intensity01 = approach(
      this.#intensity01,
      intensityOf(features),
      elapsedS,
      INTENSITY_RATE_PER_S,
    );
    const { fg, bg } = rates.feedIntervalMs;
    this.#feeds.fg.offer(heard, nowMs, fg);
    this.#feeds.bg.offer(heard, nowMs, bg);
  }

  levels(layer: LayerKey): AudioLevels {
    return this.#feeds[layer].levels;
  }

  get work(): EarWork {
    const { numSteps, numEstimates } = this.#extractor.beatWork;
    const { fg, bg } = this.#feeds;
    return {
      numAnalyses: this.#numAnalyses,
      numBeatSteps: numSteps,
      numTempoEstimates: numEstimates,
      numFeeds: { fg: fg.count, bg: bg.count },
    };
  }

  get loudness(): Loudness {
    return this.#hearing.loudness;
  }

  /** Null before the first frame. */
  get features(): AudioFeatures | null {
    return this.#features;
  }

  /** Whether nothing was heard for a while. */
  isSilent(nowMs: number): boolean {
    return nowMs - this.#heardAtMs > SILENT_AFTER_MS;
  }

  /** Of the music over the last bars, 0 to 1; null in silence. */
  intensity01(nowMs: number): number | null {
    return this.isSilent(nowMs) ? null : this.#intensity01;
  }
}

/** Of its moment. The runtime takes the same three; the weights are ours. */
export function intensityOf({
  energy01,
  accent01,
  beatPulse01,
}: Pick<AudioFeatures, "energy01" | "accent01" | "beatPulse01">): number {
  return clamp01(0.7 * energy01 + ACCENT_SHARE * accent01 + 0.1 * beatPulse01);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
