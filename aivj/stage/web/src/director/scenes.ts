// Which kind of music this is: ambient, techno or rock.

import { approach } from "../ground/smoothing.ts";
import type { AudioFeatures } from "./audio_features.ts";

export const SCENES = ["ambient", "techno", "rock"] as const;
export type Scene = (typeof SCENES)[number];

type SceneScores = Readonly<Record<Scene, number>>;

/** What the classifier hears. */
export type SceneInputs = Pick<
  AudioFeatures,
  "energy01" | "flux01" | "kick01" | "mid01" | "high01" | "beatConfidence01"
>;

export interface SceneState {
  readonly scene: Scene;
  /** Clock of the frames, in ms; the start counts as a change. */
  readonly changedAtMs: number;
  /** Smoothed. */
  readonly scores: SceneScores;
}

/** All as the runtime has them. */
const START: SceneScores = { ambient: 0.4, techno: 0.3, rock: 0.3 };
const RATE_PER_S = 2.4;
const MARGIN = 0.08;
const PATIENCE_MS = 8_000;

/** Scores of one frame, by the runtime's weights. */
export function rawSceneScores(inputs: SceneInputs): SceneScores {
  const { energy01, flux01, kick01, mid01, high01, beatConfidence01 } = inputs;
  return {
    ambient: 0.55 * (1 - energy01) + 0.25 * (1 - flux01) + 0.2 * (1 - beatConfidence01),
    techno: 0.45 * energy01 + 0.35 * kick01 + 0.2 * beatConfidence01,
    rock: 0.4 * energy01 + 0.35 * mid01 + 0.25 * high01,
  };
}

/** Starts as ambient. */
export class SceneClassifier {
  #state: SceneState | null = null;

  /**
   * Goes on by a frame. Another scene takes over at once when it leads by more than the margin, and
   * by any lead when the present one has lasted for more than 8 s.
   */
  advance(inputs: SceneInputs, nowMs: number, elapsedS: number): SceneState {
    const before = this.#state ?? { scene: "ambient", changedAtMs: nowMs, scores: START };
    const scores = smoothed(before.scores, rawSceneScores(inputs), elapsedS);
    const best = bestOf(scores, before.scene);
    const lead = scores[best] - scores[before.scene];
    const changes = lead > MARGIN || (lead > 0 && nowMs - before.changedAtMs > PATIENCE_MS);
    this.#state = changes
      ? { scene: best, changedAtMs: nowMs, scores }
      : { scene: before.scene, changedAtMs: before.changedAtMs, scores };
    return this.#state;
  }
}

function smoothed(before: SceneScores, raw: SceneScores, elapsedS: number): SceneScores {
  const next = (scene: Scene) => approach(before[scene], raw[scene], elapsedS, RATE_PER_S);
  return { ambient: next("ambient"), techno: next("techno"), rock: next("rock") };
}

/** The scene of the highest score; the present one in a tie. */
function bestOf(scores: SceneScores, present: Scene): Scene {
  return SCENES.reduce((best, scene) => (scores[scene] > scores[best] ? scene : best), present);
}
