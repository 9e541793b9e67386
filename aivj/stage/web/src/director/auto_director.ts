// When the next preset is due, without anybody asking.

import type { AudioFeatures } from "./audio_features.ts";
import { type Gate, type GateInputs, Gates, type LayerName } from "./gates.ts";
import type { Macros } from "./macros.ts";
import type { Scene, SceneState } from "./scenes.ts";

/** Why: the energy rose, the scene changed, or techno wants another background. */
type Trigger = "energy" | "scene" | "background";

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
  readonly #gates = new Gates();
  #switchedAtMs: Record<LayerName, number> | null = null;

  /** A layer was switched, by whomever: its cool-downs begin anew. */
  noteSwitch(layer: LayerName, nowMs: number): void {
    const times = this.#switchedAtMs ?? { foreground: nowMs, background: nowMs };
    this.#switchedAtMs = { ...times, [layer]: nowMs };
  }

  /** Goes on by a frame. A request counts as a switch, whether or not it comes to one. */
  advance(inputs: DirectorInputs): Decision {
    const { nowMs } = inputs;
    this.#gates.advance(inputs);
    this.#switchedAtMs ??= { foreground: nowMs, background: nowMs };
    const { foreground, background } = this.#switchedAtMs;
    const closedGates = this.#gates.closedTo("foreground", foreground, inputs);
    const backgroundGates = this.#gates.closedTo("background", background, inputs);
    let request: SwitchRequest | null = null;
    const trigger = closedGates.length === 0 ? foregroundTrigger(inputs, nowMs - foreground) : null;
    if (trigger !== null) {
      request = { layer: "foreground", trigger };
    } else if (backgroundGates.length === 0 && wantsBackground(inputs, nowMs - background)) {
      request = { layer: "background", trigger: "background" };
    }
    if (request !== null) this.noteSwitch(request.layer, nowMs);
    return { request, closedGates };
  }
}

/** Why the foreground should be switched after `shownMs`; null if it should stay. */
function foregroundTrigger(inputs: DirectorInputs, shownMs: number): Trigger | null {
  const { features, macros, scene, nowMs } = inputs;
  if (shownMs < cooldownMs(scene.scene, features.beatQuality01)) return null;
  if (risesOnPulse(features, macros)) return "energy";
  const shifted = nowMs - scene.changedAtMs < SCENE_SHIFT_MS;
  return shifted && features.beatQuality01 > 0.25 ? "scene" : null;
}

function wantsBackground({ features, scene }: DirectorInputs, shownMs: number): boolean {
  const beats = scene.scene === "techno" && features.beatQuality01 > 0.6;
  return beats && shownMs >= BACKGROUND_INTERVAL_MS;
}
