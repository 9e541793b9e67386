import assert from "node:assert/strict";
import { test } from "node:test";
import { Bandit } from "../../../aivj/stage/web/src/director/bandit.ts";
import { Blacklist } from "../../../aivj/stage/web/src/director/blacklist.ts";
import { Feedback } from "../../../aivj/stage/web/src/director/feedback.ts";
import type { StyleIndex } from "../../../aivj/stage/web/src/director/style_index.ts";
import { memoryStore } from "./director_signals.ts";

const START_MS = Date.UTC(2026, 2, 1);

const INDEX: StyleIndex = {
  version: "v1",
  names: new Map(),
  entries: [
    { presetId: "a", authorKey: "c01", energy: "peak", tags: [] },
    { presetId: "b", authorKey: "c01", energy: "calm", tags: [] },
  ],
};

test("feedback reaches the preset's arm, and a failure the blacklist too", () => {
  const bandit = new Bandit(memoryStore(), () => START_MS);
  const blacklist = new Blacklist(memoryStore(), () => START_MS);
  const feedback = new Feedback(INDEX, bandit, blacklist);
  feedback.note("a", "favorite");
  feedback.note("stranger", "favorite");
  feedback.failed("b", "wasm-abort");
  feedback.failed("stranger", "wasm-abort");
  assert.equal(bandit.preference("c01:peak"), 0.2);
  assert.equal(bandit.preference("c01:calm"), -0.2);
  assert.deepEqual(
    ["a", "b", "stranger"].map((id) => blacklist.has(id)),
    [false, true, true],
  );
});
