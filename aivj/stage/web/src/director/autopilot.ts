// From what is heard in a frame to what should be switched: the chain, link by link.

import { MAX_STEP_S } from "../ground/smoothing.ts";
import type { AudioFeatures } from "./audio_features.ts";
import { AutoDirector, type Decision } from "./auto_director.ts";
import type { GateInputs, LayerName } from "./gates.ts";
import {
  arbitratedMacros,
  type Grips,
  MacroBank,
  type Macros,
  macroTargets,
  type Profile,
  type Slots,
  slotsOf,
} from "./macros.ts";
import { SceneClassifier, type SceneState } from "./scenes.ts";
import { type Section, SectionMachine } from "./sections.ts";

export interface Frame extends GateInputs {
  readonly features: AudioFeatures;
  /** Dials that people hold. */
  readonly grips: Grips;
}

/** What the music is in a frame, and what follows from it. */
export interface Moment extends Decision {
  readonly scene: SceneState;
  readonly section: Section;
  readonly macros: Macros;
  readonly slots: Slots;
}

export class Autopilot {
  profile: Profile;
  readonly #scenes = new SceneClassifier();
  readonly #sections = new SectionMachine();
  readonly #bank = new MacroBank();
  readonly #director = new AutoDirector();
  #nowMs: number | null = null;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  /** A layer was switched by something else than a request. */
  noteSwitch(layer: LayerName, nowMs: number): void {
    this.#director.noteSwitch(layer, nowMs);
  }

  /** Goes on by a frame; once for each, in order. */
  advance(frame: Frame): Moment {
    const { nowMs, grips, features } = frame;
    const sinceLastS = Math.max(0, nowMs - (this.#nowMs ?? nowMs)) / 1000;
    const elapsedS = Math.min(sinceLastS, MAX_STEP_S);
    this.#nowMs = nowMs;
    const scene = this.#scenes.advance(features, nowMs, elapsedS);
    const section = this.#sections.advance(features, nowMs, elapsedS);
    const targets = macroTargets(features, this.profile, scene.scene);
    const macros = arbitratedMacros(this.#bank.advance(targets, elapsedS), grips);
    const decision = this.#director.advance({ ...frame, macros, scene });
    return { scene, section, macros, slots: slotsOf(this.profile), ...decision };
  }
}
