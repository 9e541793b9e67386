import assert from "node:assert/strict";
import { test } from "node:test";
import {
  rawSceneScores,
  SceneClassifier,
  type SceneInputs,
  type SceneState,
} from "../../../aivj/stage/web/src/director/scenes.ts";
import { assertNear, everyFrame, featuresOf } from "./director_signals.ts";

const FRAMES_PER_S = 60;

/** States of a classifier that hears the same for a while. */
function statesOf(classifier: SceneClassifier, heard: SceneInputs, fromS: number, toS: number) {
  const states: [nowMs: number, state: SceneState][] = [];
  everyFrame([fromS, toS], FRAMES_PER_S, (nowMs) => {
    const elapsedS = nowMs === 0 ? 0 : 1 / FRAMES_PER_S;
    states.push([nowMs, classifier.advance(heard, nowMs, elapsedS)]);
  });
  return states;
}

/** Raw scores are ambient 0.475, rock 0.2, and techno 0.225 + 0.35 kick. */
function withKick(kick01: number): SceneInputs {
  return featuresOf({ energy01: 0.5, flux01: 1, kick01 });
}

test("raw scores are the runtime's sums", () => {
  const silent = rawSceneScores(featuresOf({}));
  assertNear(silent.ambient, 1);
  assertNear(silent.techno, 0);
  assertNear(silent.rock, 0);
  const heard = featuresOf({
    energy01: 0.8,
    flux01: 0.4,
    beatConfidence01: 0.5,
    kick01: 0.6,
    mid01: 0.3,
    high01: 0.2,
  });
  const scores = rawSceneScores(heard);
  assertNear(scores.ambient, 0.55 * 0.2 + 0.25 * 0.6 + 0.2 * 0.5);
  assertNear(scores.techno, 0.45 * 0.8 + 0.35 * 0.6 + 0.2 * 0.5);
  assertNear(scores.rock, 0.4 * 0.8 + 0.35 * 0.3 + 0.25 * 0.2);
});

test("scores start at 0.4, 0.3, 0.3 and follow within 1/2.4 s", () => {
  const classifier = new SceneClassifier();
  const heard = featuresOf({});
  const start = classifier.advance(heard, 0, 0);
  assert.deepEqual(start, {
    scene: "ambient",
    changedAtMs: 0,
    scores: { ambient: 0.4, techno: 0.3, rock: 0.3 },
  });
  const later = classifier.advance(heard, 1000 / 2.4, 1 / 2.4);
  assertNear(later.scores.ambient, 1 - 0.6 * Math.exp(-1));
  assertNear(later.scores.techno, 0.3 * Math.exp(-1));
});

test("a lead above 0.08 switches at once, a smaller one after 8 s", () => {
  const changeOf = (kick01: number) =>
    statesOf(new SceneClassifier(), withKick(kick01), 0, 12).find(
      ([, { scene }]) => scene === "techno",
    );
  // Leads of 0.1 and of 0.07; at first ambient leads by 0.1.
  const [soonMs, soon] = changeOf(1) ?? assert.fail("no change");
  assertNear(soonMs, (1000 * Math.log(0.2 / 0.02)) / 2.4, 1000 / FRAMES_PER_S);
  assert.equal(soon.changedAtMs, soonMs);
  const [lateMs] = changeOf(0.32 / 0.35) ?? assert.fail("no change");
  assertNear(lateMs, 8000, 1000 / FRAMES_PER_S + 1e-6);
  assert.ok(lateMs > 8000);
});

test("without a lead nothing changes, however long", () => {
  const states = statesOf(new SceneClassifier(), withKick(0.7), 0, 30);
  assert.ok(states.every(([, { scene, changedAtMs }]) => scene === "ambient" && changedAtMs === 0));
});

test("patience begins anew with each change", () => {
  const classifier = new SceneClassifier();
  statesOf(classifier, withKick(1), 0, 5);
  // Ambient now leads techno by 0.07: it was ambient until 0.96 s, so techno lasts until 8.96 s.
  const states = statesOf(classifier, withKick(0.18 / 0.35), 5, 14);
  const [changeMs] =
    states.find(([, { scene }]) => scene === "ambient") ?? assert.fail("no change");
  assertNear(changeMs, 8000 + (1000 * Math.log(10)) / 2.4, 3000 / FRAMES_PER_S);
});
