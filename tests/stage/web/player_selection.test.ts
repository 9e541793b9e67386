import assert from "node:assert/strict";
import { test } from "node:test";
import { drawIndex } from "../../../aivj/stage/web/src/ground/draws.ts";
import type { ListedPair } from "../../../aivj/stage/web/src/player/pack.ts";
import {
  PairPicker,
  type PickSettings,
  powerLawWeight,
} from "../../../aivj/stage/web/src/player/selection.ts";
import { SHUFFLE_KEY, type Store } from "../../../aivj/stage/web/src/player/shuffle.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";

const SETTINGS: PickSettings = {
  mode: "weighted",
  formula: "power",
  gamma: 4,
  explore: 0,
  dedupN: 0,
  dedupPenalty: 0,
};
const QUALITIES = [0.2, 0.5, 0.6, 0.9];
const PAIRS: ListedPair[] = QUALITIES.map((quality01, index) => ({ pair: index * 10, quality01 }));

function memoryStore(): Store & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

/** A picker of `PAIRS`, in the mode of its settings. */
function picker(settings: Partial<PickSettings>, seed = 1, store: Store = memoryStore()) {
  const stream = new RandomStream(seed);
  const pairPicker = new PairPicker({ ...SETTINGS, ...settings }, () => stream.next(), store);
  const request = { pack: "p", pairs: PAIRS, mode: pairPicker.mode, intensity01: 0.5 };
  return {
    pick: (pairs = PAIRS) => pairPicker.pick({ ...request, pairs }).listed,
    peek: () => pairPicker.peek(request),
    deaf: () => pairPicker.pick({ ...request, intensity01: null }),
    reset: () => pairPicker.reset(),
  };
}

function countsOf(settings: Partial<PickSettings>, numPicks: number): number[] {
  const ours = picker(settings);
  const counts = PAIRS.map(() => 0);
  for (let pick = 0; pick < numPicks; pick++) {
    const index = PAIRS.indexOf(ours.pick());
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** Pearson's statistic of counts against weights. */
function chiSquare(counts: readonly number[], weights: readonly number[]): number {
  const numPicks = counts.reduce((sum, count) => sum + count);
  const total = weights.reduce((sum, weight) => sum + weight);
  return counts.reduce((sum, count, index) => {
    const expected = (numPicks * (weights[index] ?? 0)) / total;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

// The 99.9 % quantile for 3 degrees of freedom.
const CHI_SQUARE_LIMIT = 16.27;

test("the weight is a power of the quality, mixed with exploration", () => {
  const weight = (quality01: number | undefined, settings: Partial<PickSettings> = {}) =>
    powerLawWeight(quality01 === undefined ? {} : { quality01 }, { ...SETTINGS, ...settings }, []);
  assert.equal(weight(0.9), (0.9 + 1e-6) ** 4);
  assert.equal(weight(undefined), (0.5 + 1e-6) ** 4);
  assert.equal(weight(Number.NaN), (0.5 + 1e-6) ** 4);
  assert.equal(weight(7), (1 + 1e-6) ** 4);
  assert.equal(weight(-7), 1e-6 ** 4);
  assert.equal(weight(0.9, { gamma: -3 }), 1);
  assert.equal(weight(0.9, { explore: 0.25 }), 0.75 * (0.9 + 1e-6) ** 4 + 0.25);
  assert.equal(weight(0.9, { explore: 8 }), 1);
  assert.equal(weight(0, { gamma: Number.NaN }), 0);
});

test("a recent pair loses its share of the weight", () => {
  const listed = { pair: 3, quality01: 0.8 };
  const settings = { ...SETTINGS, dedupPenalty: 0.25 };
  const whole = powerLawWeight(listed, settings, [4]);
  assert.equal(powerLawWeight(listed, settings, [4, 3]), whole * 0.75);
  assert.equal(powerLawWeight(listed, { ...settings, dedupPenalty: 9 }, [3]), 0);
});

test("an index is drawn by its share of the weights, and uniformly when there is none", () => {
  assert.equal(
    drawIndex([1, 0, 3], () => 0.2499),
    0,
  );
  assert.equal(
    drawIndex([1, 0, 3], () => 0.2501),
    2,
  );
  assert.equal(
    drawIndex([1, 0, 3, 0], () => 1 - 2 ** -53),
    2,
  );
  assert.equal(
    drawIndex([0.1, 0.2, 0.3], () => 1),
    2,
  );
  assert.equal(
    drawIndex([0, 0, 0, 0], () => 0.6),
    2,
  );
});

test("weighted picks follow the weights", () => {
  const weights = QUALITIES.map((quality01) => (quality01 + 1e-6) ** 4);
  const counts = countsOf({}, 20_000);
  assert.ok(chiSquare(counts, weights) < CHI_SQUARE_LIMIT, `${counts}`);
  assert.ok(chiSquare(counts, [1, 1, 1, 1]) > 1000);
});

test("random picks, and weighted ones with gamma 0, are uniform", () => {
  for (const settings of [{ mode: "random" }, { gamma: 0 }] as const) {
    const counts = countsOf(settings, 20_000);
    assert.ok(chiSquare(counts, [1, 1, 1, 1]) < CHI_SQUARE_LIMIT, `${counts}`);
  }
});

test("with the full penalty no pair returns among the recent ones", () => {
  const ours = picker({ gamma: 1, dedupN: 3, dedupPenalty: 1 });
  const picks = Array.from({ length: 200 }, () => ours.pick().pair);
  for (let at = 3; at < picks.length; at++) {
    assert.ok(!picks.slice(at - 3, at).includes(picks[at]));
  }
});

test("the same seed gives the same picks", () => {
  const series = (seed: number) => {
    const ours = picker({}, seed);
    return Array.from({ length: 50 }, () => ours.pick().pair);
  };
  assert.deepEqual(series(5), series(5));
  assert.notDeepEqual(series(5), series(6));
});

test("shuffled picks visit each pair once a round, in the same order again", () => {
  const ours = picker({ mode: "shuffle" });
  const round = () => PAIRS.map(() => ours.pick().pair);
  const first = round();
  assert.deepEqual(new Set(first), new Set(PAIRS.map((listed) => listed.pair)));
  assert.deepEqual(round(), first);
  assert.deepEqual(round(), first);
});

test("a shuffled order outlives the page", () => {
  const store = memoryStore();
  const whole = picker({ mode: "shuffle" }, 3);
  const expected = PAIRS.map(() => whole.pick().pair);
  const before = picker({ mode: "shuffle" }, 3, store);
  const seen = [before.pick().pair, before.pick().pair];
  const after = picker({ mode: "shuffle" }, 999, store);
  seen.push(after.pick().pair, after.pick().pair);
  assert.deepEqual(seen, expected);
});

test("an order written by another program is taken up where it stands", () => {
  const store = memoryStore();
  const state = { v: 0, pack: "p", len: 4, pos: 5, order: [3, 1, 0, 2], updatedAt: 1 };
  store.setItem(SHUFFLE_KEY, JSON.stringify({ ...state, seededBy: "eval:resume visited=2" }));
  assert.equal(picker({ mode: "shuffle" }, 1, store).pick(), PAIRS[1]);
  const written = JSON.parse(store.items.get(SHUFFLE_KEY) ?? "");
  assert.ok(written.updatedAt > 1);
  delete written.updatedAt;
  const { updatedAt: _, ...rest } = state;
  assert.deepEqual(written, { ...rest, pos: 2, seededBy: "eval:resume visited=2" });
});

test("an order that does not fit is replaced", () => {
  const good = { v: 0, pack: "p", len: 4, pos: 0, order: [3, 1, 0, 2], updatedAt: 1 };
  const unfit = [
    { ...good, v: 1 },
    { ...good, pack: "q" },
    { ...good, len: 3, order: [0, 1, 2] },
    { ...good, pos: -1 },
    { ...good, order: [3, 1, 0] },
    { ...good, order: [3, 1, 0, 4] },
    null,
    7,
  ];
  for (const text of ["{", ...unfit.map((state) => JSON.stringify(state))]) {
    const store = memoryStore();
    store.setItem(SHUFFLE_KEY, text);
    const ours = picker({ mode: "shuffle" }, 1, store);
    const round = new Set(PAIRS.map(() => ours.pick()));
    assert.equal(round.size, 4, text);
    assert.equal(JSON.parse(store.items.get(SHUFFLE_KEY) ?? "").seededBy, "runtime");
  }
});

test("a reset forgets the order and the recent picks", () => {
  const store = memoryStore();
  const ours = picker({ mode: "shuffle" }, 1, store);
  ours.pick();
  ours.reset();
  assert.equal(store.items.size, 0);
});

test("looking ahead tells the next pick and changes none", () => {
  for (const settings of [{ mode: "random" }, { mode: "weighted" }, { mode: "shuffle" }] as const) {
    const looking = picker(settings, 7);
    const blind = picker(settings, 7);
    looking.pick();
    blind.pick();
    for (let number = 0; number < 30; number++) {
      const ahead = looking.peek();
      assert.equal(looking.peek(), ahead);
      const picked = looking.pick();
      assert.equal(picked, ahead);
      assert.equal(picked, blind.pick());
    }
  }
});

test("before there is a shuffled order nobody knows what comes", () => {
  assert.equal(picker({ mode: "shuffle" }).peek(), null);
});

test("with the music's formula and no music, picks are at random and say so", () => {
  const { listed, ...rest } = picker({ formula: "affinity" }).deaf();
  assert.ok(PAIRS.includes(listed));
  assert.deepEqual(rest, { mode: "random", fallback: "fallback:no-audio" });
  const power = picker({}).deaf();
  assert.deepEqual([power.mode, power.fallback], ["weighted", ""]);
});
