// The macro bank: three dials that say what the music asks of the picture.

import { approach, clamp01 } from "../ground/smoothing.ts";
import type { AudioFeatures } from "./audio_features.ts";
import type { Scene } from "./scenes.ts";

export const MACRO_NAMES = ["fusion", "motion", "sparkle"] as const;
export type MacroName = (typeof MACRO_NAMES)[number];

/** Each 0 to 1. */
export type Macros = Readonly<Record<MacroName, number>>;

export const PROFILES = ["ambient", "peakRave", "dub", "drone", "videoVj", "custom"] as const;
export type Profile = (typeof PROFILES)[number];

/** Dials without a meaning of their own, each 0 to 1. */
export type Slots = Readonly<Record<`aivj-m${4 | 5 | 6 | 7 | 8}`, number>>;

interface ProfileTuning {
  readonly bias: Macros;
  readonly slotFactor: number;
}

const SLOT_DEFAULT = 0.5;

/** As the runtime has them; a custom profile is what the others deviate from. */
const TUNINGS: Readonly<Record<Profile, ProfileTuning>> = {
  peakRave: { bias: { fusion: 0.06, motion: 0.12, sparkle: 0.16 }, slotFactor: 1.1 },
  videoVj: { bias: { fusion: 0.03, motion: 0.09, sparkle: 0.12 }, slotFactor: 1.05 },
  drone: { bias: { fusion: -0.12, motion: -0.16, sparkle: -0.18 }, slotFactor: 0.75 },
  ambient: { bias: { fusion: -0.06, motion: -0.1, sparkle: -0.12 }, slotFactor: 0.85 },
  dub: { bias: { fusion: 0, motion: -0.04, sparkle: -0.08 }, slotFactor: 0.9 },
  custom: { bias: { fusion: 0, motion: 0, sparkle: 0 }, slotFactor: 1 },
};

/** As the runtime has them. */
const SCENE_BIAS: Readonly<Record<Scene, Macros>> = {
  ambient: { fusion: 0.08, motion: -0.08, sparkle: -0.1 },
  rock: { fusion: 0.04, motion: 0.04, sparkle: 0.1 },
  techno: { fusion: 0.02, motion: 0.12, sparkle: 0.08 },
};

/** That dials have an attack and a release is the runtime's, how long they are is ours. */
const ATTACK_PER_S = 4;
const RELEASE_PER_S = 1;

/** What the macros hear. */
type MacroInputs = Pick<
  AudioFeatures,
  | "energy01"
  | "bassLong01"
  | "kick01"
  | "synth01"
  | "clap01"
  | "hihat01"
  | "flux01"
  | "beatPulse01"
  | "onsetEdge01"
>;

export function isProfile(text: unknown): text is Profile {
  return PROFILES.some((profile) => profile === text);
}

/** Where a frame alone would set the dials: the runtime's sums of features and its two biases. */
export function macroTargets(inputs: MacroInputs, profile: Profile, scene: Scene): Macros {
  const { energy01, flux01, kick01, onsetEdge01 } = inputs;
  const heard: Macros = {
    fusion: 0.4 + 0.22 * energy01 + 0.2 * inputs.bassLong01 + 0.14 * kick01 + 0.08 * onsetEdge01,
    motion:
      0.4 +
      0.18 * energy01 +
      0.16 * flux01 +
      0.18 * inputs.synth01 +
      0.08 * kick01 +
      0.14 * onsetEdge01,
    sparkle:
      0.38 +
      0.14 * energy01 +
      0.2 * inputs.beatPulse01 +
      0.22 * inputs.hihat01 +
      0.16 * inputs.clap01 +
      0.12 * onsetEdge01,
  };
  const { bias } = TUNINGS[profile];
  const biased = (name: MacroName) => clamp01(heard[name] + bias[name] + SCENE_BIAS[scene][name]);
  return { fusion: biased("fusion"), motion: biased("motion"), sparkle: biased("sparkle") };
}

/** The dials as they move: up with a hit, down within a second. */
export class MacroBank {
  #macros: Macros | null = null;

  /** Goes on by a frame; the first one sets them. */
  advance(targets: Macros, elapsedS: number): Macros {
    const before = this.#macros ?? targets;
    const moved = (name: MacroName) => {
      const rate = targets[name] > before[name] ? ATTACK_PER_S : RELEASE_PER_S;
      return approach(before[name], targets[name], elapsedS, rate);
    };
    this.#macros = { fusion: moved("fusion"), motion: moved("motion"), sparkle: moved("sparkle") };
    return this.#macros;
  }
}

/** Slots follow nothing that is heard, only the profile. */
export function slotsOf(profile: Profile): Slots {
  const slot = SLOT_DEFAULT * TUNINGS[profile].slotFactor;
  return { "aivj-m4": slot, "aivj-m5": slot, "aivj-m6": slot, "aivj-m7": slot, "aivj-m8": slot };
}

/** What people hold a dial at, 0 to 1; absent when they do not. */
interface Grip {
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
