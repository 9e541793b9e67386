// What is measured of a preset's frames. Pure functions of cells: red, green and blue bytes.

import { BANDS, type Bands } from "./synthetic_sound.ts";

export type BandClass = "flat" | "low" | "mid" | "high" | "balanced";

const LUMA = [0.2126, 0.7152, 0.0722] as const;
/** What moves less with any voice is flat; what moves alike with all is balanced. */
const FLAT_BELOW = 0.08;
const BALANCED_WITHIN = 0.1;

/** Mean Rec. 709 luma of a frame, 0 to 1. */
export function lumaOf(cells: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < cells.length; at += 3) {
    for (const channel of [0, 1, 2] as const) {
      sum += LUMA[channel] * (cells[at + channel] as number);
    }
  }
  return sum / (255 * (cells.length / 3));
}

/** Mean absolute difference of two frames over cells and channels, 0 to 1. */
function differenceOf(cells: Uint8Array, others: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < cells.length; at++) {
    sum += Math.abs((cells[at] as number) - (others[at] as number));
  }
  return sum / (255 * cells.length);
}

/** Differences of frames that follow each other. */
export function differencesOf(frames: readonly Uint8Array[]): number[] {
  return frames.slice(1).map((frame, index) => differenceOf(frame, frames[index] as Uint8Array));
}

/** Null without any. */
export function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value that 95 % do not exceed; null without any. */
export function p95Of(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null;
}

/**
 * How much the picture moves when a voice is loud: Pearson's correlation of its changes with the
 * voice's envelope, 0 where it is negative or nothing changes.
 */
export function bandResponse(changes: readonly number[], envelopes: readonly Bands[]): Bands {
  const response = (band: keyof Bands) =>
    Math.max(
      0,
      correlation(
        changes,
        envelopes.map((each) => each[band]),
      ),
    );
  return { low: response("low"), mid: response("mid"), high: response("high") };
}

export function bandClass(response: Bands): BandClass {
  const values = BANDS.map((band) => response[band]);
  const most = Math.max(...values);
  if (most < FLAT_BELOW) return "flat";
  if (most - Math.min(...values) < BALANCED_WITHIN) return "balanced";
  return BANDS[values.indexOf(most)] ?? "flat";
}

function correlation(values: readonly number[], others: readonly number[]): number {
  const [mean, otherMean] = [meanOf(values) ?? 0, meanOf(others) ?? 0];
  let [both, own, other] = [0, 0, 0];
  for (const [index, value] of values.entries()) {
    const deviation = value - mean;
    const otherDeviation = (others[index] ?? 0) - otherMean;
    both += deviation * otherDeviation;
    own += deviation ** 2;
    other += otherDeviation ** 2;
  }
  return own > 0 && other > 0 ? both / Math.sqrt(own * other) : 0;
}
