import assert from "node:assert/strict";
import { test } from "node:test";
import type { Macros } from "../../../aivj/stage/web/src/director/macros.ts";
import { SCENES, type Scene } from "../../../aivj/stage/web/src/director/scenes.ts";
import {
  ENERGIES,
  type Energy,
  type StyleEntry,
} from "../../../aivj/stage/web/src/director/style_index.ts";
import { armStyleOf, baseScore } from "../../../aivj/stage/web/src/director/style_targets.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { assertNear } from "./director_signals.ts";

const MIDDLE: Macros = { fusion: 0.5, motion: 0.5, sparkle: 0.5 };
const TAGS = ["wave", "dots", "line", "liquid", "abstract", "geometric", "vectors", "band:low"];

function entry(tags: readonly string[], energy: Energy = "groove"): StyleEntry {
  return { presetId: "a", authorKey: "c01", energy, tags };
}

function affinity(tags: readonly string[], scene: Scene): number {
  return armStyleOf([entry(tags)]).affinity[scene];
}

test("affinity is how much tags and preferred tags are the same", () => {
  const cases: [readonly string[], Scene, number][] = [
    [["wave", "dots", "vectors"], "techno", 1],
    [["wave", "dots"], "techno", 2 / 3],
    [["wave", "dots", "vectors", "line"], "techno", 3 / 4],
    [["liquid", "abstract"], "ambient", 1],
    [["liquid"], "ambient", 1 / 2],
    [["wave", "line"], "rock", 1],
    [["wave", "line"], "techno", 1 / 4],
    [["wave", "line"], "ambient", 0],
    [["geometric"], "rock", 0],
    [[], "ambient", 0],
    // Other kinds of tags say nothing about what is drawn, and twice the same is once.
    [["energy:calm", "author:wave", "band:low", "cluster:c01"], "techno", 0],
    [["wave", "line", "wave", "author:liquid"], "rock", 1],
  ];
  for (const [tags, scene, expected] of cases) {
    assertNear(affinity(tags, scene), expected, 1e-12, `${tags} for ${scene}`);
  }
});

test("an arm's style is the mean of its presets", () => {
  const style = armStyleOf([entry(["wave", "line"]), entry(["geometric"])]);
  assertNear(style.affinity.rock, 0.5);
  const [calm, peak] = [armStyleOf([entry([], "calm")]), armStyleOf([entry([], "peak")])];
  const both = armStyleOf([entry([], "calm"), entry([], "peak")]);
  assertNear(both.place.motion, (calm.place.motion + peak.place.motion) / 2);
});

test("energy is motion, liquid is fusion, dots are sparkle", () => {
  const place = (tags: readonly string[], energy: Energy) =>
    armStyleOf([entry(tags, energy)]).place;
  const motions = ENERGIES.map((energy) => place([], energy).motion);
  assert.deepEqual(
    motions,
    [...motions].sort((a, b) => a - b),
  );
  assert.ok(place(["liquid"], "calm").fusion > place([], "calm").fusion);
  assert.ok(place(["dots"], "calm").sparkle > place([], "calm").sparkle);
  assert.deepEqual(place(["dots", "dots"], "calm"), place(["dots"], "calm"));
  assert.ok(place(["band:high"], "calm").sparkle > place(["band:low"], "calm").sparkle);
});

test("of arms of the same tags the score is highest where motion is what is wanted", () => {
  const best = (scene: Scene, motion: number) => {
    const scores = ENERGIES.map((energy) =>
      baseScore(armStyleOf([entry([], energy)]), scene, { ...MIDDLE, motion }),
    );
    return ENERGIES[scores.indexOf(Math.max(...scores))];
  };
  assert.equal(best("ambient", 0.1), "calm");
  assert.equal(best("ambient", 0.9), "groove");
  assert.equal(best("techno", 0.9), "peak");
  assert.equal(best("techno", 0.1), "groove");
});

test("the score lies between 0 and 2, and with the tags of the scene above 1", () => {
  const stream = new RandomStream(4);
  for (let round = 0; round < 2000; round++) {
    const tags = TAGS.filter(() => stream.next() < 0.3);
    const energy = ENERGIES[Math.floor(3 * stream.next())] ?? "calm";
    const macros = { fusion: stream.next(), motion: stream.next(), sparkle: stream.next() };
    for (const scene of SCENES) {
      const score = baseScore(armStyleOf([entry(tags, energy)]), scene, macros);
      assert.ok(score >= 0 && score <= 2, `${score} for ${tags}`);
    }
    assert.ok(baseScore(armStyleOf([entry(["wave", "line"], energy)]), "rock", macros) > 1);
  }
});
