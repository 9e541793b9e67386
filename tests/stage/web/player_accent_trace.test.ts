import assert from "node:assert/strict";
import { test } from "node:test";
import { AccentTrace } from "../../../aivj/stage/web/src/player/sound/ear.ts";
import { beatText } from "../../../aivj/stage/web/src/player/surface/overlay.ts";

test("an accent counts once while it lasts, and is forgotten after half a minute", () => {
  const trace = new AccentTrace();
  const heard: [number, number][] = [
    [0, 0],
    [100, 0.6],
    [200, 0.4],
    [300, 0.9],
    [400, 0.2],
    [500, 0.7],
  ];
  for (const [nowMs, accent01] of heard) trace.advance(accent01, nowMs);
  assert.equal(trace.figures(2500), "accent 0.70 · 2 in 30 s, the last 2 s ago");
  trace.advance(0.1, 40_000);
  assert.equal(trace.figures(40_000), "accent 0.10 · 0 in 30 s");
});

test("the path of an accent names what it adds and where it ends", () => {
  const trace = new AccentTrace();
  trace.advance(0.5, 0);
  assert.equal(trace.path(0.31), "accent 0.50 → +0.10 of the moment → intensity 0.31");
});

test("the beat in words", () => {
  assert.equal(beatText(null), "none found");
  assert.equal(beatText({ beatsPerMinute: null, beatTrusted: false }), "none found");
  const text = "119 beats/min · not trusted yet";
  assert.equal(beatText({ beatsPerMinute: 119.4, beatTrusted: false }), text);
});
