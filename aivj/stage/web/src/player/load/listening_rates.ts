// How often the music is analysed, its beat looked for, and presets are given fresh sound.

import type { BeatRates } from "../../director/beat.ts";
import type { Budget } from "./budget.ts";
import type { Caps } from "./caps.ts";

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
