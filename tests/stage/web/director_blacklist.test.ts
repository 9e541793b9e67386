import assert from "node:assert/strict";
import { test } from "node:test";
import { BLACKLIST_KEY, Blacklist } from "../../../aivj/stage/web/src/director/blacklist.ts";
import { memoryStore, refusingStore, warningsOf } from "./director_signals.ts";

const START_MS = Date.UTC(2026, 2, 1);

test("a failed preset is listed for good", () => {
  const store = memoryStore();
  const blacklist = new Blacklist(store, () => START_MS);
  assert.equal(blacklist.has("a"), false);
  blacklist.add("a", "wasm-abort");
  assert.ok(blacklist.has("a"));
  assert.ok(new Blacklist(store, () => START_MS + 1e12).has("a"));
  assert.deepEqual(JSON.parse(store.items.get(BLACKLIST_KEY) ?? ""), {
    v: 0,
    updatedAt: START_MS,
    presets: [{ presetId: "a", reason: "wasm-abort", at: START_MS }],
  });
});

test("of too many the oldest are forgotten", () => {
  const presets = Array.from({ length: 5000 }, (_, number) => ({
    presetId: `p${number}`,
    reason: "render-failed",
    at: START_MS,
  }));
  const store = memoryStore({ [BLACKLIST_KEY]: JSON.stringify({ v: 0, presets }) });
  const full = new Blacklist(store, () => START_MS);
  // One that fails again is new again.
  full.add("p0", "wasm-abort");
  full.add("new", "wasm-abort");
  const again = new Blacklist(store, () => START_MS);
  assert.deepEqual(
    ["p0", "p1", "p2", "new"].map((id) => again.has(id)),
    [true, false, true, true],
  );
});

test("when storage is refused presets are listed for as long as the page lives", (context) => {
  const said = warningsOf(context);
  const blacklist = new Blacklist(refusingStore(), () => START_MS);
  blacklist.add("a", "wasm-abort");
  assert.ok(blacklist.has("a"));
  assert.deepEqual(said, [`[aivj] ${BLACKLIST_KEY} is not kept`]);
});

test("a broken blacklist counts as an empty one", () => {
  for (const text of ["{", "[]", '{"v":0}', '{"v":0,"presets":{"a":1}}', '{"v":0,"presets":[7]}']) {
    assert.equal(new Blacklist(memoryStore({ [BLACKLIST_KEY]: text }), Date.now).has("a"), false);
  }
});
