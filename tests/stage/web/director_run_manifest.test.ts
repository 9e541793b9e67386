import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isAllowed,
  loadRunManifest,
  parseRunManifest,
  type RunEntry,
  runWeight,
} from "../../../aivj/stage/web/src/director/run_manifest.ts";
import { assertNear } from "./director_signals.ts";

const ENTRY: RunEntry = { failed: false, tier: "strict", luma01: 0.5, motion: 0.1, reasons: [] };

test("the weight is tier times motion times exposure", () => {
  const cases: [Partial<RunEntry>, number][] = [
    [{}, 1],
    [{ tier: "dark" }, 0.6],
    [{ motion: 0.05 }, 0.5],
    [{ motion: 0.2 }, 2],
    [{ motion: 5 }, 2],
    [{ motion: 0 }, 0],
    [{ motion: null }, 0.5],
    [{ luma01: 0.25 }, 0.5],
    [{ luma01: 0.75 }, 0.5],
    [{ luma01: 0 }, 0],
    [{ luma01: 1 }, 0],
    [{ luma01: null }, 1],
    [{ tier: "dark", motion: 0.15, luma01: 0.4 }, 0.6 * 1.5 * 0.8],
    [{ failed: true }, 0],
    [{ motion: -1 }, 0],
    [{ luma01: 2 }, 0],
  ];
  for (const [given, expected] of cases) {
    assertNear(runWeight({ ...ENTRY, ...given }), expected, 1e-12, JSON.stringify(given));
  }
  assert.equal(runWeight(undefined), 1);
});

test("what failed, or met something hard, is not shown", () => {
  const allowed: [Partial<RunEntry> | null, boolean][] = [
    [null, true],
    [{}, true],
    [{ failed: true }, false],
    [{ reasons: ["quality-filter", "luma<0.01"] }, true],
    [{ reasons: ["probe-unavailable"] }, true],
    [{ reasons: ["probe-timeout>20000ms"] }, false],
    [{ reasons: ["watchdog-idle>150000"] }, false],
    [{ reasons: ["luma<0.01", "render-failed"] }, false],
    [{ reasons: ["overlay-preset-load-failed"] }, false],
    [{ reasons: ["wasm-abort"] }, false],
    [{ reasons: ["probe-error"] }, false],
  ];
  for (const [given, expected] of allowed) {
    const entry = given === null ? undefined : { ...ENTRY, ...given };
    assert.equal(isAllowed(entry), expected, JSON.stringify(given));
  }
});

test("a manifest is read as it is written", () => {
  const manifest = parseRunManifest({
    version: "v0",
    counts: { total: 4 },
    presets: [
      {
        presetId: "a",
        status: "ok",
        tier: "strict",
        metrics: { avgLuma: 0.31, motion: 0.06, bandClass: "low" },
        reasons: [],
        score: 0.16,
      },
      { presetId: "b", status: "failed", reasons: ["wasm-abort"] },
      { presetId: "c", status: "ok", tier: "dark", metrics: { avgLuma: null }, reasons: "none" },
      { presetId: "a", status: "failed" },
      { presetId: "" },
      null,
    ],
  });
  assert.deepEqual(
    [...(manifest ?? [])],
    [
      ["a", { failed: false, tier: "strict", luma01: 0.31, motion: 0.06, reasons: [] }],
      ["b", { failed: true, tier: "strict", luma01: null, motion: null, reasons: ["wasm-abort"] }],
      ["c", { failed: false, tier: "dark", luma01: null, motion: null, reasons: [] }],
    ],
  );
});

test("what is not a manifest is none", async () => {
  for (const document of [null, [], {}, { version: "v1", presets: [] }, { version: "v0" }]) {
    assert.equal(parseRunManifest(document), null);
    const answer = async () => ({ ok: true, json: async () => document });
    assert.equal(await loadRunManifest("/run-manifest.json", answer), null);
  }
  const missing = async () => ({ ok: false, json: async () => ({ version: "v0", presets: [] }) });
  assert.equal(await loadRunManifest("/run-manifest.json", missing), null);
});
