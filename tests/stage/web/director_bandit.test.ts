import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BANDIT_KEY,
  Bandit,
  REWARDS,
  type Signal,
} from "../../../aivj/stage/web/src/director/bandit.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { assertNear, memoryStore, refusingStore, warningsOf } from "./director_signals.ts";

const START_MS = Date.UTC(2026, 2, 1);
const DAY_MS = 24 * 3_600_000;
const SIGNALS = ["next", "favorite", "hold", "failure"] as const;

/** A clock that tests set. */
function clock() {
  return { nowMs: START_MS };
}

test("the key is the runtime's", () => {
  assert.equal(BANDIT_KEY, "newliveweb:aivj:bandit:v0");
});

test("signals move a score towards their reward, in the order of their strength", () => {
  const scoreAfter = (signal: Signal) => {
    const bandit = new Bandit(memoryStore(), () => START_MS);
    bandit.learn("c01:peak", signal);
    return bandit.preference("c01:peak");
  };
  assertNear(scoreAfter("next"), 0.2 * -0.2);
  assertNear(scoreAfter("hold"), 0.2 * 0.5);
  assertNear(scoreAfter("favorite"), 0.2);
  assertNear(scoreAfter("failure"), -0.2);
  const ordered = ["failure", "next", "hold", "favorite"] as const;
  const scores = ordered.map(scoreAfter);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => a - b),
  );
});

test("repeated signals come to their reward and stay there", () => {
  for (const signal of SIGNALS) {
    const bandit = new Bandit(memoryStore(), () => START_MS);
    for (let time = 0; time < 200; time++) bandit.learn("arm", signal);
    assertNear(bandit.preference("arm"), REWARDS[signal], 1e-12, signal);
  }
});

test("whatever is learned, a score stays between -1 and 1 and arms do not mix", () => {
  const stream = new RandomStream(2);
  const bandit = new Bandit(memoryStore(), () => START_MS);
  for (let round = 0; round < 5000; round++) {
    const arm = stream.next() < 0.5 ? "one:calm" : "one:peak";
    bandit.learn(arm, SIGNALS[Math.floor(stream.next() * SIGNALS.length)] ?? "next");
    assert.ok(Math.abs(bandit.preference(arm)) <= 1);
  }
  assert.equal(bandit.preference("one:groove"), 0);
});

test("what is learned outlives the page, in the documented form", () => {
  const store = memoryStore();
  new Bandit(store, () => START_MS).learn("c01:peak", "favorite");
  new Bandit(store, () => START_MS).learn("c01:peak", "favorite");
  assert.deepEqual(JSON.parse(store.items.get(BANDIT_KEY) ?? ""), {
    v: 0,
    updatedAt: START_MS,
    arms: { "c01:peak": { score: 0.2 + 0.2 * 0.8, n: 2, lastAt: START_MS } },
  });
  assertNear(new Bandit(store, () => START_MS).preference("c01:peak"), 0.36);
});

test("a taste fades by half in 30 days", () => {
  const time = clock();
  const bandit = new Bandit(memoryStore(), () => time.nowMs);
  bandit.learn("arm", "favorite");
  time.nowMs += 30 * DAY_MS;
  assertNear(bandit.preference("arm"), 0.1);
  bandit.learn("arm", "favorite");
  assertNear(bandit.preference("arm"), 0.1 + 0.2 * 0.9);
  // A clock that was set back does not make a taste stronger.
  time.nowMs -= 90 * DAY_MS;
  assertNear(bandit.preference("arm"), 0.28);
});

test("a broken store counts as an empty one, and is mended", () => {
  const arm = { score: 0.5, n: 1, lastAt: START_MS };
  const broken = [
    "",
    "{",
    "null",
    "7",
    "[]",
    "{}",
    JSON.stringify({ v: 1, arms: { arm } }),
    JSON.stringify({ v: 0, arms: [arm] }),
    JSON.stringify({ v: 0, arms: { arm: null } }),
    JSON.stringify({ v: 0, arms: { arm: { ...arm, score: "much" } } }),
    JSON.stringify({ v: 0, arms: { arm: { ...arm, lastAt: null } } }),
    JSON.stringify({ v: 0, arms: { arm: { score: 0.5 } } }),
  ];
  for (const text of broken) {
    const store = memoryStore({ [BANDIT_KEY]: text });
    const bandit = new Bandit(store, () => START_MS);
    assert.equal(bandit.preference("arm"), 0, text);
    bandit.learn("arm", "favorite");
    assertNear(new Bandit(store, () => START_MS).preference("arm"), 0.2);
  }
});

test("of a store that is partly broken the rest is used", () => {
  const arms = {
    good: { score: 0.5, n: 3, lastAt: START_MS },
    bad: { score: null, n: 3, lastAt: START_MS },
    wild: { score: 90, n: 3, lastAt: START_MS },
  };
  const store = memoryStore({ [BANDIT_KEY]: JSON.stringify({ v: 0, arms }) });
  const bandit = new Bandit(store, () => START_MS);
  assert.deepEqual(
    ["good", "bad", "wild"].map((arm) => bandit.preference(arm)),
    [0.5, 0, 1],
  );
});

test("when storage is refused the bandit learns for as long as the page lives", (context) => {
  const said = warningsOf(context);
  const bandit = new Bandit(refusingStore(), () => START_MS);
  bandit.learn("arm", "favorite");
  assertNear(bandit.preference("arm"), 0.2);
  assert.deepEqual(said, [`[aivj] ${BANDIT_KEY} is not kept`]);
});
