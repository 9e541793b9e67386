import assert from "node:assert/strict";
import { test } from "node:test";
import { parseParameters } from "../../../aivj/stage/web/src/player/parameters.ts";

const parse = (query: string, remembered: Record<string, string> = {}) =>
  parseParameters(query, { getItem: (key) => remembered[key] ?? null }, () => 77);

test("an address with everything in it", () => {
  const query =
    "?coupled=1&coupledPack=my%20pack&coupledPick=weighted&coupledManifest=m.json&coupledGamma=4" +
    "&coupledExplore=0.1&coupledDedupN=30&coupledDedupPenalty=0.05&coupledFormula=affinity" +
    "&coupling3d=on&coupling3dHud=1&coupling3dParallax=0.5&coupling3dDof=0&coupling3dStrength=2" +
    "&presetLibrarySource=mega&preset=a%2Fb&runManifestUrl=/runs/m.json&seed=5&size=320x180" +
    "&demoMusic=off&prefetch=off";
  assert.deepEqual(parse(query), {
    enabled: true,
    pack: "my pack",
    manifest: "m.json",
    picking: {
      mode: "weighted",
      formula: "affinity",
      gamma: 4,
      explore: 0.1,
      dedupN: 30,
      dedupPenalty: 0.05,
    },
    coupling3d: { mode: "on", hud: true, parallax: 0.5, dof: 0, strength: 2 },
    presetLibrary: "mega",
    first: "a/b",
    runManifestUrl: "/runs/m.json",
    seed: 5,
    size: { width: 320, height: 180 },
    demoMusic: false,
    prefetch: false,
  });
});

test("an address with nothing in it: absent numbers are 0, even gamma", () => {
  assert.deepEqual(parse(""), {
    enabled: false,
    pack: "",
    manifest: "pairs-manifest.v0.json",
    picking: {
      mode: "random",
      formula: "power",
      gamma: 0,
      explore: 0,
      dedupN: 0,
      dedupPenalty: 0,
    },
    coupling3d: { mode: "off", hud: false, parallax: 1, dof: 1, strength: 1 },
    presetLibrary: "curated-safe",
    first: null,
    runManifestUrl: "/run-manifest.json",
    seed: 77,
    size: null,
    demoMusic: true,
    prefetch: true,
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

test("what the address leaves open is as it was remembered", () => {
  const remembered = { presetLibrarySource: "kept", "nw.runManifestUrl": "/kept.json" };
  assert.equal(parse("", remembered).presetLibrary, "kept");
  assert.equal(parse("", remembered).runManifestUrl, "/kept.json");
  assert.equal(parse("?presetLibrarySource=asked", remembered).presetLibrary, "asked");
});

test("depth: unknown modes are off, factors stay within 0 to 2", () => {
  assert.equal(parse("?coupling3d=yes").coupling3d.mode, "off");
  assert.equal(parse("?coupling3d=debug").coupling3d.mode, "debug");
  const { parallax, dof, strength } = parse(
    "?coupling3dParallax=9&coupling3dDof=-1&coupling3dStrength=deep",
  ).coupling3d;
  assert.deepEqual([parallax, dof, strength], [2, 0, 1]);
});
