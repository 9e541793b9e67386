// What a preset has beyond what is drawn.

import type { Milk, MilkPart } from "./milk.ts";

/** Custom waves and custom shapes that there always are, of each: those of MilkDrop 2. */
export const NUM_ALWAYS = 4;
/** And those that are drawn where a preset has them: those of MilkDrop 3. */
export const NUM_DRAWN = 16;

/** Says what is not drawn, a sentence a kind; nothing of a preset of MilkDrop 2 or 3. */
export function leftOut(milk: Milk): string[] {
  const waves = beyond(milk.waves);
  const shapes = beyond(milk.shapes);
  return [
    ...(isEmpty(milk) ? ["the text holds no preset: not one value, not one line of code"] : []),
    ...(waves > 0 ? [`custom waves beyond the first ${NUM_DRAWN} are left out: ${waves}`] : []),
    ...(shapes > 0 ? [`custom shapes beyond the first ${NUM_DRAWN} are left out: ${shapes}`] : []),
  ];
}

/** Whether nothing was read that says what to draw. */
function isEmpty({ preset, waves, shapes, warp, comp }: Milk): boolean {
  const all = [preset, ...waves, ...shapes];
  const isBare = all.every(({ values, blocks }) => values.size === 0 && blocks.size === 0);
  return isBare && warp === "" && comp === "";
}

function beyond(parts: readonly MilkPart[]): number {
  return parts.filter((part) => part.index >= NUM_DRAWN && isEnabled(part)).length;
}

/** Whether a custom wave or shape is drawn at all. */
export function isEnabled({ values }: MilkPart): boolean {
  return Boolean(values.get("enabled"));
}
