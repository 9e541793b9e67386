// How often the presets are given fresh sound; less often while presets load or frames are late.

import type { BeatRates } from "../../director/beat.ts";
import type { Budget } from "./budget.ts";

type Cadence = "high" | "mid" | "low";

/** Rates a second; intervals in ms. */
export interface Caps {
  readonly audioAnalysisFpsCap: number;
  readonly beatTempoFpsCap: number;
  readonly pmAudioCadenceMode: Cadence;
  readonly pmAudioFeedIntervalMs: { readonly fg: number; readonly bg: number };
}

const CAPS: Readonly<Record<Cadence, Caps>> = {
  high: caps("high", 60, 30, 33, 55),
  mid: caps("mid", 45, 20, 50, 80),
  low: caps("low", 30, 10, 70, 120),
};

const MID_ABOVE_MS = 24;
const LOW_ABOVE_MS = 40;
const PRESSURE_MS = 4000;

/** What is demanded of the machine beside drawing. */
export class LoadPressure {
  #untilMs = 0;

  /** Sheds load for a while. */
  trigger(nowMs: number, durationMs = PRESSURE_MS): void {
    this.#untilMs = Math.max(this.#untilMs, nowMs + durationMs);
  }

  /** 0 when there is none. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }
}

export function capsFor(pressureLeftMs: number, frameTimeP95Ms: number): Caps {
  if (pressureLeftMs > 0 || frameTimeP95Ms > LOW_ABOVE_MS) return CAPS.low;
  return frameTimeP95Ms > MID_ABOVE_MS ? CAPS.mid : CAPS.high;
}

function caps(mode: Cadence, audioFps: number, beatFps: number, fg: number, bg: number): Caps {
  return {
    audioAnalysisFpsCap: audioFps,
    beatTempoFpsCap: beatFps,
    pmAudioCadenceMode: mode,
    pmAudioFeedIntervalMs: { fg, bg },
  };
}

export interface ListeningRates {
  readonly analysesPerS: number;
  readonly beat: BeatRates;
  readonly feedIntervalMs: { readonly fg: number; readonly bg: number };
}

/** The slower one of what the moment allows and what the level of performance allows. */
export function listeningRates(caps: Caps, budget: Budget): ListeningRates {
  const { fg, bg } = caps.pmAudioFeedIntervalMs;
  return {
    analysesPerS: Math.min(caps.audioAnalysisFpsCap, budget.audioFps),
    beat: { stepsPerS: caps.beatTempoFpsCap, estimateEveryMs: budget.beatMs },
    feedIntervalMs: { fg: Math.max(fg, budget.feedMs), bg: Math.max(bg, budget.feedMs) },
  };
}
