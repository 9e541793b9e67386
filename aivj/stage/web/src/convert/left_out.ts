// What a preset of MilkDrop 3 has beyond MilkDrop 2, which is what Butterchurn draws.

import type { Milk, MilkPart } from "./milk.ts";

/** Custom waves and custom shapes that are drawn, of each. */
export const NUM_DRAWN = 4;

/** The variables that blocks of equations hand on to each other are q1 to q32; MilkDrop 3 has 64. */
const LATE_REGISTER = /\bq(?:3[3-9]|[45][0-9]|6[0-4])\b/gi;

/** Says what is not drawn, a sentence a kind; nothing of a preset of MilkDrop 2. */
export function leftOut(milk: Milk): string[] {
  const waves = beyond(milk.waves);
  const shapes = beyond(milk.shapes);
  const registers = lateRegisters(milk);
  return [
    ...(waves > 0 ? [`custom waves beyond the first ${NUM_DRAWN} are left out: ${waves}`] : []),
    ...(shapes > 0 ? [`custom shapes beyond the first ${NUM_DRAWN} are left out: ${shapes}`] : []),
    ...(registers > 0 ? [`variables beyond q32 are not handed on: ${registers}`] : []),
  ];
}

function beyond(parts: readonly MilkPart[]): number {
  return parts.filter((part) => part.index >= NUM_DRAWN && isEnabled(part)).length;
}

function isEnabled({ values }: MilkPart): boolean {
  return Boolean(values.get("enabled"));
}

function lateRegisters({ preset, waves, shapes, warp, comp }: Milk): number {
  const parts = [preset, ...[...waves, ...shapes].filter(isEnabled)];
  const code = [...parts.flatMap(({ blocks }) => [...blocks.values()]), warp, comp].join("\n");
  return new Set(code.toLowerCase().match(LATE_REGISTER)).size;
}
