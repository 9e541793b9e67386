// Who moves a dial: MIDI before a hand on the screen before the machine.

import { MACRO_NAMES, type MacroName, type Macros } from "./macros.ts";

/** What people hold a dial at, 0 to 1; absent when they do not. */
export interface Grip {
  readonly midi?: number;
  readonly manual?: number;
}

export type Grips = Readonly<Partial<Record<MacroName, Grip>>>;

/** A locked MIDI control wins over a hand, a hand over what the music asks for. */
export function arbitrated(automatic: number, grip: Grip = {}): number {
  return grip.midi ?? grip.manual ?? automatic;
}

export function arbitratedMacros(automatic: Macros, grips: Grips): Macros {
  const values = MACRO_NAMES.map((name) => [name, arbitrated(automatic[name], grips[name])]);
  return Object.fromEntries(values) as Macros;
}
