// From what is heard in a frame to what should be switched: the chain, link by link.

import { SAMPLE_RATE_HZ } from "../render/clip.ts";
import { arbitratedMacros, type Grips } from "./arbitration.ts";
import { type AudioFeatures, FeatureExtractor } from "./audio_features.ts";
import { AutoDirector, type Decision } from "./auto_director.ts";
import type { GateInputs, LayerName } from "./gates.ts";
import { MacroBank, type Macros, macroTargets, type Profile } from "./macros.ts";
import { SceneClassifier, type SceneState } from "./scenes.ts";
import { type Section, SectionMachine } from "./sections.ts";

export interface Frame extends Omit<GateInputs, "features"> {
  /** The last 1,024 mono samples, -1 to 1, before any gain. */
  readonly mono: Float32Array;
  /** Dials that people hold. */
  readonly grips: Grips;
}

/** What the music is in a frame, and what follows from it. */
export interface Moment extends Decision {
  readonly features: AudioFeatures;
  readonly scene: SceneState;
  readonly section: Section;
  readonly macros: Macros;
}

/** After a pause, a hidden tab for one, everything goes on where it was. */
const MAX_ELAPSED_S = 0.25;

export class Autopilot {
  profile: Profile;
  readonly #features: FeatureExtractor;
  readonly #scenes = new SceneClassifier();
  readonly #sections = new SectionMachine();
  readonly #bank = new MacroBank();
  readonly #director: AutoDirector;
  #nowMs: number | null = null;

  /** `intervalMs` is how long a foreground is shown at most; null: as long as the music likes. */
  constructor(profile: Profile, intervalMs: number | null) {
    this.profile = profile;
    this.#features = new FeatureExtractor(SAMPLE_RATE_HZ);
    this.#director = new AutoDirector(intervalMs);
  }

  set intervalMs(intervalMs: number | null) {
    this.#director.intervalMs = intervalMs;
  }

  /** A layer was switched by something else than a request. */
  noteSwitch(layer: LayerName, nowMs: number): void {
    this.#director.noteSwitch(layer, nowMs);
  }

  /** Goes on by a frame; once for each, in order. */
  advance(frame: Frame): Moment {
    const { nowMs, grips, mono } = frame;
    const elapsedS = Math.max(0, nowMs - (this.#nowMs ?? nowMs)) / 1000;
    const stepS = Math.min(elapsedS, MAX_ELAPSED_S);
    this.#nowMs = nowMs;
    const features = this.#features.advance(mono, nowMs, stepS);
    const scene = this.#scenes.advance(features, nowMs, stepS);
    const section = this.#sections.advance(features, nowMs, stepS);
    const targets = macroTargets(features, this.profile, scene.scene);
    const macros = arbitratedMacros(this.#bank.advance(targets, stepS), grips);
    const decision = this.#director.advance({ ...frame, features, macros, scene });
    return { features, scene, section, macros, ...decision };
  }
}
