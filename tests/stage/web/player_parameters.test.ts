import assert from "node:assert/strict";
import { test } from "node:test";
import { parseParameters } from "../../../aivj/stage/web/src/player/parameters.ts";

const parse = (query: string) => parseParameters(query, () => 77);

test("an address with everything in it", () => {
  const query =
    "?coupled=1&coupledPack=my%20pack&coupledPick=weighted&coupledManifest=m.json&coupledGamma=4" +
    "&coupledExplore=0.1&coupledDedupN=30&coupledDedupPenalty=0.05&seed=5&size=320x180";
  assert.deepEqual(parse(query), {
    enabled: true,
    pack: "my pack",
    manifest: "m.json",
    picking: { mode: "weighted", gamma: 4, explore: 0.1, dedupN: 30, dedupPenalty: 0.05 },
    seed: 5,
    size: { width: 320, height: 180 },
  });
});

test("an address with nothing in it: absent numbers are 0, even gamma", () => {
  assert.deepEqual(parse(""), {
    enabled: false,
    pack: "",
    manifest: "pairs-manifest.v0.json",
    picking: { mode: "random", gamma: 0, explore: 0, dedupN: 0, dedupPenalty: 0 },
    seed: 77,
    size: null,
  });
});

test("any text enables coupled pairs, even 0", () => {
  assert.equal(parse("?coupled=0").enabled, true);
  assert.equal(parse("?coupled=").enabled, false);
});

test("text that is no number takes the nominal value", () => {
  assert.equal(parse("?coupledGamma=much").picking.gamma, 1);
  assert.equal(parse("?coupledExplore=Infinity").picking.explore, 0);
});

test("an unknown mode is random, an unusable size none", () => {
  assert.equal(parse("?coupledPick=best").picking.mode, "random");
  for (const size of ["320", "0x180", "320x", "99999x10", "-1x5"]) {
    assert.equal(parse(`?size=${size}`).size, null);
  }
});
