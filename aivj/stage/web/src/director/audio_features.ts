// What the music does in a frame, from the samples that the presets hear.

import { approach, clamp01, MAX_STEP_S } from "../ground/smoothing.ts";
import { type Beat, type BeatRates, BeatTracker, EVERY_STEP } from "./beat.ts";
import { AUDIBLE_RMS, InputLevel } from "./input_level.ts";
import { OnsetDetector, type Onsets } from "./onsets.ts";
import { type BandHz, Spectrum } from "./spectrum.ts";

export interface AudioFeatures {
  /** Root mean square of the mono samples as they came, 0 to 1. */
  readonly rms: number;
  /** Whether it was more than silence within the last half second. */
  readonly audible: boolean;
  /** Loudness after gain, smoothed over a beat. */
  readonly energy01: number;
  readonly energyFast01: number;
  readonly energySlow01: number;
  /** How far the energy stands above that of the last seconds. */
  readonly accent01: number;
  readonly kick01: number;
  readonly bass01: number;
  /** Bass of the last seconds. */
  readonly bassLong01: number;
  readonly synth01: number;
  readonly clap01: number;
  readonly hihat01: number;
  readonly mid01: number;
  readonly high01: number;
  /** How much new sound begins. */
  readonly flux01: number;
  readonly onsetEdge01: number;
  /** Upward crossings of the flux, over the last 2 s. */
  readonly onsetsPerS: number;
  readonly beatPulse01: number;
  readonly beatConfidence01: number;
  readonly beatStability01: number;
  /** Both in one: their geometric mean. */
  readonly beatQuality01: number;
  readonly beatTrusted: boolean;
  readonly beatsPerMinute: number | null;
}

const WINDOW = 1024;

/** As the runtime has them. */
const KICK: BandHz = { lowHz: 40, highHz: 110 };
const BASS: BandHz = { lowHz: 60, highHz: 250 };
const SYNTH: BandHz = { lowHz: 250, highHz: 2_000 };
const CLAP: BandHz = { lowHz: 1_200, highHz: 4_000 };
const HIHAT: BandHz = { lowHz: 6_000, highHz: 12_000 };
const TRUSTED_CONFIDENCE = 0.75;
const TRUSTED_STABILITY = 0.65;

/** From here on all ours. */
const MID: BandHz = { lowHz: 250, highHz: 4_000 };
const HIGH: BandHz = { lowHz: 4_000, highHz: 16_000 };
/** RMS after gain that counts as 1: of everything, and of bands, which hold less the higher they lie. */
const FULL_ENERGY_RMS = 0.3;
const FULL_RMS = {
  kick: 0.2,
  bass: 0.2,
  synth: 0.25,
  clap: 0.06,
  hihat: 0.03,
  mid: 0.12,
  high: 0.04,
};
type BandName = keyof typeof FULL_RMS;
const BANDS: Readonly<Record<BandName, BandHz>> = {
  kick: KICK,
  bass: BASS,
  synth: SYNTH,
  clap: CLAP,
  hihat: HIHAT,
  mid: MID,
  high: HIGH,
};
const BAND_NAMES = Object.keys(BANDS) as BandName[];
const ENERGY_ATTACK_PER_S = 20;
const ENERGY_RELEASE_PER_S = 4;
const FAST_RATE_PER_S = 2;
const SLOW_RATE_PER_S = 0.25;
const BAND_RELEASE_PER_S = 8;
const BASS_LONG_RATE_PER_S = 0.7;
const FULL_ACCENT = 0.4;
/** Beats are apart: silence between them is part of the music. */
const AUDIBLE_FOR_MS = 500;

export class FeatureExtractor {
  readonly #spectrum: Spectrum;
  readonly #samples = new Float64Array(WINDOW);
  readonly #level = new InputLevel();
  readonly #onsets = new OnsetDetector();
  readonly #beat = new BeatTracker();
  #bands: Record<BandName, number> = zeroBands();
  #bassLong01 = 0;
  #energy: Energy = { now: 0, fast: 0, slow: 0 };
  #heardAtMs = Number.NEGATIVE_INFINITY;

  constructor(sampleRateHz: number) {
    this.#spectrum = new Spectrum(WINDOW, sampleRateHz);
  }

  /** Steps of the beat and estimates of its tempo that were made. */
  get beatWork(): { readonly numSteps: number; readonly numEstimates: number } {
    const { numSteps, numEstimates } = this.#beat;
    return { numSteps, numEstimates };
  }

  /** Goes on by a frame: the last 1,024 mono samples, -1 to 1, before any gain. */
  advance(
    mono: Float32Array,
    nowMs: number,
    sinceLastS: number,
    beatRates: BeatRates = EVERY_STEP,
  ): AudioFeatures {
    const elapsedS = Math.min(sinceLastS, MAX_STEP_S);
    const rms = this.#load(mono);
    if (rms > AUDIBLE_RMS) this.#heardAtMs = nowMs;
    this.#spectrum.measure(this.#samples);
    const gain = this.#level.advance(rms, elapsedS);
    this.#bands = this.#nextBands(gain, elapsedS);
    const { kick, bass, synth, clap, hihat, mid, high } = this.#bands;
    this.#bassLong01 = approach(this.#bassLong01, bass, elapsedS, BASS_LONG_RATE_PER_S);
    this.#energy = nextEnergy(this.#energy, clamp01((gain * rms) / FULL_ENERGY_RMS), elapsedS);
    const { now, fast, slow } = this.#energy;
    const onsets = this.#onsets.advance(this.#spectrum, gain, nowMs, elapsedS);
    return {
      rms,
      audible: nowMs - this.#heardAtMs <= AUDIBLE_FOR_MS,
      energy01: now,
      energyFast01: fast,
      energySlow01: slow,
      accent01: clamp01((fast - slow) / FULL_ACCENT),
      kick01: kick,
      bass01: bass,
      bassLong01: this.#bassLong01,
      synth01: synth,
      clap01: clap,
      hihat01: hihat,
      mid01: mid,
      high01: high,
      ...onsetFeatures(onsets),
      ...beatFeatures(this.#beat.advance(onsets, nowMs, beatRates)),
    };
  }

  /** Takes the samples over around their mean, and returns their RMS. */
  #load(mono: Float32Array): number {
    if (mono.length !== WINDOW) throw new Error(`expected ${WINDOW} samples, found ${mono.length}`);
    // Clips of one byte a sample are half a step above zero, which alone would nearly be audible.
    const mean = mono.reduce((sum, sample) => sum + sample, 0) / WINDOW;
    let power = 0;
    for (let n = 0; n < WINDOW; n++) {
      const sample = (mono[n] as number) - mean;
      this.#samples[n] = sample;
      power += sample * sample;
    }
    return Math.sqrt(power / WINDOW);
  }

  /** Bands rise at once and fall slowly, as meters do. */
  #nextBands(gain: number, elapsedS: number): Record<BandName, number> {
    const kept = Math.exp(-BAND_RELEASE_PER_S * elapsedS);
    const next = zeroBands();
    for (const name of BAND_NAMES) {
      const heard = clamp01((gain * this.#spectrum.rmsOf(BANDS[name])) / FULL_RMS[name]);
      next[name] = Math.max(heard, this.#bands[name] * kept);
    }
    return next;
  }
}

interface Energy {
  readonly now: number;
  readonly fast: number;
  readonly slow: number;
}

function nextEnergy(before: Energy, heard01: number, elapsedS: number): Energy {
  const rate = heard01 > before.now ? ENERGY_ATTACK_PER_S : ENERGY_RELEASE_PER_S;
  const now = approach(before.now, heard01, elapsedS, rate);
  return {
    now,
    fast: approach(before.fast, now, elapsedS, FAST_RATE_PER_S),
    slow: approach(before.slow, now, elapsedS, SLOW_RATE_PER_S),
  };
}

function onsetFeatures({ flux01, edge01, perS }: Onsets) {
  return { flux01, onsetEdge01: edge01, onsetsPerS: perS };
}

function beatFeatures({ pulse01, confidence01, stability01, beatsPerMinute }: Beat) {
  return {
    beatPulse01: pulse01,
    beatConfidence01: confidence01,
    beatStability01: stability01,
    beatQuality01: Math.sqrt(confidence01 * stability01),
    beatTrusted: confidence01 >= TRUSTED_CONFIDENCE && stability01 >= TRUSTED_STABILITY,
    beatsPerMinute,
  };
}

function zeroBands(): Record<BandName, number> {
  return { kick: 0, bass: 0, synth: 0, clap: 0, hihat: 0, mid: 0, high: 0 };
}
