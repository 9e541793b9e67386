// How signals are kept in range and smoothed, whatever the frame rate.

export function clamp01(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/** After a pause, a hidden tab for one, signals go on where they were. */
export const MAX_STEP_S = 0.25;

/** One-pole low-pass: goes from `value` towards `target`, by 63 % of the way in 1/`ratePerS` seconds. */
export function approach(
  value: number,
  target: number,
  elapsedS: number,
  ratePerS: number,
): number {
  return value + (target - value) * (1 - Math.exp(-ratePerS * elapsedS));
}
