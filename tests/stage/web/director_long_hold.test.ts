import assert from "node:assert/strict";
import { test } from "node:test";
import { LONG_HOLD_MS, LongHold } from "../../../aivj/stage/web/src/director/feedback.ts";

test("a hold of a minute is told once, and for one preset", () => {
  const hold = new LongHold();
  const told = (held: boolean, presetId: string | null, fromMs: number, toMs: number) => {
    const times: number[] = [];
    for (let nowMs = fromMs; nowMs < toMs; nowMs += 100) {
      if (hold.advance(held, presetId, nowMs)) times.push(nowMs);
    }
    return times;
  };
  assert.deepEqual(told(false, "a", 0, 100_000), []);
  assert.deepEqual(told(true, "a", 100_000, 300_000), [100_000 + LONG_HOLD_MS]);
  assert.deepEqual(told(true, "b", 300_000, 359_000), []);
  assert.deepEqual(told(true, "a", 359_000, 430_000), [359_000 + LONG_HOLD_MS]);
  assert.deepEqual(told(false, "a", 430_000, 431_000), []);
  assert.deepEqual(told(true, "a", 431_000, 500_000), [431_000 + LONG_HOLD_MS]);
  assert.deepEqual(told(true, null, 500_000, 600_000), []);
});
