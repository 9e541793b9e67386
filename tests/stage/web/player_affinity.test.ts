import assert from "node:assert/strict";
import { test } from "node:test";
import { affinityWeights, ranks01 } from "../../../aivj/stage/web/src/player/selection.ts";

const PAIRS = [
  { pair: 1, warp_diff: 0.001, cx_diff: 0.004 },
  { pair: 2, warp_diff: 0.04, cx_diff: 0.05 },
  { pair: 3, warp_diff: 0.13, cx_diff: 0.17 },
];

test("differences count by their rank in the pack; equal ones share theirs", () => {
  assert.deepEqual(ranks01(PAIRS, "warp_diff"), [0, 0.5, 1]);
  const twins = [{ warp_diff: 0 }, { warp_diff: 0 }, { warp_diff: 5 }, {}];
  assert.deepEqual(ranks01(twins, "warp_diff"), [0.25, 0.25, 1, null]);
  assert.deepEqual(ranks01([{ warp_diff: 3 }], "warp_diff"), [0]);
});

test("calm music prefers layers that are alike, intense music those that differ", () => {
  for (const [intensity01, best] of [
    [0, 0],
    [0.5, 1],
    [1, 2],
  ] as const) {
    const weights = affinityWeights(PAIRS, intensity01, null);
    assert.equal(weights.indexOf(Math.max(...weights)), best);
  }
});

test("quality scales the weight, a missing one leaves it", () => {
  const [plain] = affinityWeights([{ pair: 1 }], 0.3, null);
  assert.equal(plain, 1);
  const qualities = [0, 0.5, 1, 7, Number.NaN];
  const weights = affinityWeights(
    qualities.map((quality01, pair) => ({ pair, quality01 })),
    0.3,
    null,
  );
  assert.deepEqual(weights, [0.2, 0.6000000000000001, 1, 1, 1]);
});

test("the pair shown last loses most of its weight", () => {
  const weights = affinityWeights([{ pair: 1 }, { pair: 2 }, {}], 0.5, 1);
  assert.deepEqual(weights, [0.1, 1, 1]);
});
