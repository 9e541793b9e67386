// When the next preset is due, without anybody asking.

import type { AudioFeatures } from "./audio_features.ts";
import { type Gate, type GateInputs, Gates, type LayerName } from "./gates.ts";
import type { Macros } from "./macros.ts";
import type { Scene, SceneState } from "./scenes.ts";

/** Why: the energy rose, the scene changed, it was time, or techno wants another background. */
export type Trigger = "energy" | "scene" | "interval" | "background";

export interface SwitchRequest {
  readonly layer: LayerName;
  readonly trigger: Trigger;
}

export interface DirectorInputs extends GateInputs {
  readonly features: AudioFeatures;
  readonly macros: Macros;
  readonly scene: Pick<SceneState, "scene" | "changedAtMs">;
}

export interface Decision {
  /** Null: leave the picture as it is. */
  readonly request: SwitchRequest | null;
  /** What keeps the foreground from being switched; empty when the music alone decides. */
  readonly closedGates: readonly Gate[];
}

/** All as the runtime has them. */
const COOLDOWN_MS: Readonly<Record<Scene, number>> = {
  ambient: 22_000,
  rock: 14_000,
  techno: 11_000,
};
const COOLDOWN_WITHOUT_BEAT = 1.1;
const BACKGROUND_INTERVAL_MS = 18_000;
const SCENE_SHIFT_MS = 3_000;
/** Ours: when music begins, what kind it is shows a little later. */
const SETTLED_MS = 5_000;

/** How long a foreground stays at least; longer, the less the beat is worth. */
export function cooldownMs(scene: Scene, beatQuality01: number): number {
  return COOLDOWN_MS[scene] * (1 + COOLDOWN_WITHOUT_BEAT * (1 - beatQuality01));
}

/** Whether the energy rises on a pulse that can be trusted, while much goes on. */
export function risesOnPulse(features: AudioFeatures, macros: Macros): boolean {
  const { energyFast01, energySlow01, beatQuality01, beatPulse01 } = features;
  return (
    energyFast01 - energySlow01 > 0.2 &&
    Math.max(macros.motion, macros.sparkle) > 0.6 &&
    beatQuality01 > 0.35 &&
    beatPulse01 > 0.2 * (0.7 + 0.3 * beatQuality01)
  );
}

export class AutoDirector {
  /** Switches the foreground when nothing else did for that long; null: only the music decides. */
  intervalMs: number | null;
  readonly #gates = new Gates();
  #switchedAtMs: Record<LayerName, number> | null = null;
  #audibleSinceMs: number | null = null;

  constructor(intervalMs: number | null) {
    this.intervalMs = intervalMs;
  }

  /** A layer was switched, by whomever: its cool-downs begin anew. */
  noteSwitch(layer: LayerName, nowMs: number): void {
    const times = this.#switchedAtMs ?? { foreground: nowMs, background: nowMs };
    this.#switchedAtMs = { ...times, [layer]: nowMs };
  }

  /** Goes on by a frame. A request counts as a switch, whether or not it comes to one. */
  advance(inputs: DirectorInputs): Decision {
    const { nowMs } = inputs;
    this.#gates.advance(inputs);
    if (!inputs.features.audible) this.#audibleSinceMs = null;
    else this.#audibleSinceMs ??= nowMs;
    this.#switchedAtMs ??= { foreground: nowMs, background: nowMs };
    const { foreground, background } = this.#switchedAtMs;
    const closedGates = this.#gates.closedTo("foreground", foreground, inputs);
    const trigger = this.#trigger(inputs, nowMs - foreground, closedGates);
    if (trigger !== null) return this.#request("foreground", trigger, nowMs, closedGates);
    const backgroundGates = this.#gates.closedTo("background", background, inputs);
    if (backgroundGates.length === 0 && wantsBackground(inputs, nowMs - background)) {
      return this.#request("background", "background", nowMs, closedGates);
    }
    return { request: null, closedGates };
  }

  #trigger(inputs: DirectorInputs, shownMs: number, closed: readonly Gate[]): Trigger | null {
    const { features, macros, scene, nowMs } = inputs;
    const rested = shownMs >= cooldownMs(scene.scene, features.beatQuality01);
    if (rested && closed.length === 0) {
      if (risesOnPulse(features, macros)) return "energy";
      const shifted = nowMs - scene.changedAtMs < SCENE_SHIFT_MS;
      if (shifted && features.beatQuality01 > 0.25) return "scene";
    }
    return this.#isTime(shownMs, nowMs, closed) ? "interval" : null;
  }

  #isTime(shownMs: number, nowMs: number, closed: readonly Gate[]): boolean {
    const settled = nowMs - (this.#audibleSinceMs ?? nowMs) >= SETTLED_MS;
    // Music without a beat never opens that gate, and would be shown one preset for ever.
    const mayBe = closed.every((gate) => gate === "beat");
    return settled && mayBe && this.intervalMs !== null && shownMs >= this.intervalMs;
  }

  #request(
    layer: LayerName,
    trigger: Trigger,
    nowMs: number,
    closedGates: readonly Gate[],
  ): Decision {
    this.noteSwitch(layer, nowMs);
    return { request: { layer, trigger }, closedGates };
  }
}

function wantsBackground({ features, scene }: DirectorInputs, shownMs: number): boolean {
  const beats = scene.scene === "techno" && features.beatQuality01 > 0.6;
  return beats && shownMs >= BACKGROUND_INTERVAL_MS;
}
