import assert from "node:assert/strict";
import { test } from "node:test";
import { PageFault } from "../../../aivj/stage/web/src/page/converted.ts";
import { RenderFailure, TookTooLong } from "../../../aivj/stage/web/src/probe/failures.ts";
import {
  bandClass,
  bandResponse,
  differencesOf,
  lumaOf,
  meanOf,
  p95Of,
} from "../../../aivj/stage/web/src/probe/preset_figures.ts";
import {
  dumpReason,
  hardReason,
  qualityFaults,
  reasonsFor,
} from "../../../aivj/stage/web/src/probe/preset_reasons.ts";
import { envelopesAt, syntheticClip } from "../../../aivj/stage/web/src/probe/synthetic_sound.ts";

const GOOD = { avgLuma: 0.5, avgFrameDelta: 0.01, avgRenderMs: 5, p95RenderMs: 9 };

test("luma and differences of frames", () => {
  const frames = [Uint8Array.of(0, 0, 0), Uint8Array.of(255, 0, 0), Uint8Array.of(255, 255, 255)];
  assert.deepEqual(
    frames.map((frame) => Number(lumaOf(frame).toFixed(4))),
    [0, 0.2126, 1],
  );
  assert.deepEqual(differencesOf(frames), [1 / 3, 2 / 3]);
  assert.deepEqual(differencesOf(frames.slice(0, 1)), []);
  assert.deepEqual([meanOf([]), meanOf([1, 3])], [null, 2]);
  assert.deepEqual([p95Of([]), p95Of([5, 1, 3])], [null, 5]);
});

test("a picture that moves with a voice is of its band", () => {
  const envelopes = Array.from({ length: 90 }, (_, frame) => envelopesAt(2 + frame / 30));
  for (const band of ["low", "mid", "high"] as const) {
    const changes = envelopes.map((each) => 0.01 + 0.05 * each[band]);
    const response = bandResponse(changes, envelopes);
    assert.ok(response[band] > 0.99, band);
    assert.equal(bandClass(response), band);
  }
});

test("a still picture is flat, one that moves alike with all is balanced", () => {
  const envelopes = [envelopesAt(0), envelopesAt(0.3), envelopesAt(0.6)];
  assert.equal(bandClass(bandResponse([0.1, 0.1, 0.1], envelopes)), "flat");
  assert.equal(bandClass({ low: 0.5, mid: 0.45, high: 0.42 }), "balanced");
  assert.equal(bandClass({ low: 0.05, mid: 0.02, high: 0.07 }), "flat");
});

test("the synthetic music sounds in all voices, the same each time", () => {
  const { timeByteArray } = syntheticClip().levels(1);
  assert.ok(Math.max(...timeByteArray) > 160 && Math.min(...timeByteArray) < 96);
  assert.equal(syntheticClip(), syntheticClip());
  const loudest = { low: 0, mid: 0, high: 0 };
  for (let timeS = 0; timeS < 3; timeS += 0.01) {
    for (const [band, loud] of Object.entries(envelopesAt(timeS))) {
      assert.ok(loud >= 0 && loud <= 1);
      loudest[band as "low"] = Math.max(loudest[band as "low"], loud);
    }
  }
  assert.ok(Object.values(loudest).every((loud) => loud > 0.9));
});

test("what is unfit to be seen is named by the audit's words, in their order", () => {
  assert.deepEqual(reasonsFor(GOOD, {}), []);
  assert.deepEqual(reasonsFor({ ...GOOD, avgLuma: 0.06, avgFrameDelta: 0.0019 }, {}), [
    "too-dark",
    "low-motion",
  ]);
  assert.deepEqual(reasonsFor({ ...GOOD, avgLuma: 0.96 }, {}), ["too-bright"]);
  assert.deepEqual(reasonsFor({ ...GOOD, avgLuma: null, avgFrameDelta: null }, {}), [
    "no-luma",
    "no-motion-sample",
  ]);
  assert.deepEqual(reasonsFor({ ...GOOD, avgLuma: 0.05 }, { minAvgLuma: 0.035 }), []);
  assert.deepEqual(reasonsFor(GOOD, { maxAvgRenderMs: 4, maxP95RenderMs: 8 }), [
    "slow-render-avg",
    "slow-render-p95",
  ]);
});

test("what cannot be drawn is named by what happened", () => {
  const failures = [
    new RenderFailure("wasm-trap", "preset", ""),
    new RenderFailure("bad-equation", "preset", ""),
    new RenderFailure("context-lost", "both", ""),
    new TookTooLong(),
    new PageFault(),
    new Error(),
  ];
  assert.deepEqual(failures.map(hardReason), [
    "wasm-abort",
    "render-failed",
    "probe-error",
    "probe-timeout",
    "probe-error",
    "render-failed",
  ]);
  assert.equal(dumpReason(failures[1], 9), "preset-load-failed");
  assert.equal(dumpReason(failures[3], 9), "probe-timeout>9ms");
  assert.equal(dumpReason(failures[0], 9), "wasm-abort");
});

test("pictures are filtered only by what is asked for", () => {
  const dark = { avgLuma: 0.005, motion: 0.001 };
  assert.deepEqual(qualityFaults(dark, {}), []);
  assert.deepEqual(qualityFaults(dark, { lumaMin: 0.01, lumaMax: 0.9, motionMin: 0.005 }), [
    "luma<0.01",
    "motion<0.005",
  ]);
  const unknown = { avgLuma: null, motion: null };
  assert.deepEqual(qualityFaults(unknown, { lumaMax: 0.9, motionMin: 0.005 }), [
    "luma-missing",
    "motion-missing",
  ]);
});
