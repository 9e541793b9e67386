import assert from "node:assert/strict";
import { test } from "node:test";
import type { Macros } from "../../../aivj/stage/web/src/director/macros.ts";
import {
  type Choice,
  type ChoiceRequest,
  type ChoiceSources,
  PresetChooser,
  selectionLine,
  softmax,
  TEMPERATURE,
} from "../../../aivj/stage/web/src/director/preset_choice.ts";
import type { RunEntry } from "../../../aivj/stage/web/src/director/run_manifest.ts";
import { SCENES, type Scene } from "../../../aivj/stage/web/src/director/scenes.ts";
import type { StyleIndex } from "../../../aivj/stage/web/src/director/style_index.ts";
import { DEFAULT_POLICY } from "../../../aivj/stage/web/src/director/style_policy.ts";
import { armStyleOf, baseScore } from "../../../aivj/stage/web/src/director/style_targets.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { CLUSTERS, clusterOf, energyOf, indexOf } from "./director_library.ts";
import { assertNear, chiSquare } from "./director_signals.ts";

/** Typical of each scene. */
const MACROS: Readonly<Record<Scene, Macros>> = {
  ambient: { fusion: 0.65, motion: 0.38, sparkle: 0.3 },
  techno: { fusion: 0.7, motion: 0.85, sparkle: 0.8 },
  rock: { fusion: 0.75, motion: 0.8, sparkle: 0.7 },
};
const OK: RunEntry = { failed: false, tier: "strict", luma01: 0.5, motion: 0.1, reasons: [] };

function sourcesOf(index: StyleIndex | null, given: Partial<ChoiceSources> = {}): ChoiceSources {
  return {
    candidateIds: index?.entries.map(({ presetId }) => presetId) ?? [],
    index,
    policy: DEFAULT_POLICY,
    runManifest: null,
    bandit: { preference: () => 0 },
    blacklist: { has: () => false },
    ...given,
  };
}

function requestFor(scene: Scene, given: Partial<ChoiceRequest> = {}): ChoiceRequest {
  const macros = MACROS[scene];
  return { scene, macros, profile: "custom", presentId: null, asked: false, ...given };
}

function chooserOf(sources: ChoiceSources, seed = 1): PresetChooser {
  const stream = new RandomStream(seed);
  return new PresetChooser(sources, () => stream.next());
}

function chosen(chooser: PresetChooser, request: ChoiceRequest): Choice {
  return chooser.choose(request) ?? assert.fail("nothing was chosen");
}

/** How often each cluster is drawn when it is drawn anew each time. */
function clusterCounts(sources: ChoiceSources, scene: Scene, numDraws: number): number[] {
  const counts = new Map(CLUSTERS.map((cluster) => [cluster, 0]));
  const chooser = chooserOf(sources);
  for (let draw = 0; draw < numDraws; draw++) {
    const { presetId } = chosen(chooser, requestFor(scene, { asked: true }));
    counts.set(clusterOf(presetId), (counts.get(clusterOf(presetId)) ?? 0) + 1);
  }
  return [...counts.values()];
}

test("softmax is ordered, sums to 1, and knows its limits", () => {
  const shares = softmax([1, 2, 4], 0.5);
  assertNear(
    shares.reduce((sum, share) => sum + share),
    1,
  );
  assertNear((shares[1] ?? 0) / (shares[0] ?? 1), Math.exp(2), 1e-9);
  assertNear(softmax([1, 2, 4], 0.01)[2], 1);
  for (const share of softmax([1, 2, 4], 1e6)) assertNear(share, 1 / 3, 1e-5);
  for (const share of softmax([-2000, -2000], 0.5)) assertNear(share, 0.5);
});

test("each scene draws its own cluster most", () => {
  const favourites = { ambient: "haze", techno: "spark", rock: "strings" };
  const shares = Object.fromEntries(
    SCENES.map((scene) => {
      const counts = clusterCounts(sourcesOf(indexOf(30)), scene, 4000);
      return [scene, new Map(CLUSTERS.map((cluster, at) => [cluster, (counts[at] ?? 0) / 4000]))];
    }),
  );
  const share = (scene: Scene, cluster: string) => shares[scene]?.get(cluster) ?? 0;
  for (const scene of SCENES) {
    const favourite = share(scene, favourites[scene]);
    assert.ok(favourite > 0.5, `${favourites[scene]} is ${favourite} of ${scene}`);
    for (const cluster of CLUSTERS) {
      assert.ok(share(scene, cluster) > 0.005, `${cluster} is never drawn for ${scene}`);
      if (cluster !== favourites[scene]) assert.ok(favourite > 2 * share(scene, cluster));
    }
  }
  // What two scenes share is second in both, and what no scene likes comes last in rock and techno.
  assert.ok(share("techno", "strings") > share("techno", "haze"));
  assert.ok(share("rock", "spark") > share("rock", "haze"));
  assert.ok(share("rock", "spark") > share("rock", "blocks"));
});

test("clusters are drawn by softmax over what suits and what is liked", () => {
  const index = indexOf(30);
  const liked: Record<string, number> = { "strings:peak": 0.6, "spark:peak": -0.4 };
  const bandit = { preference: (arm: string) => liked[arm] ?? 0 };
  const scores = CLUSTERS.map((cluster) => {
    const entries = index.entries.filter(
      ({ authorKey, energy }) => authorKey === cluster && energy === "peak",
    );
    const base = baseScore(armStyleOf(entries), "techno", MACROS.techno);
    return base + (liked[`${cluster}:peak`] ?? 0);
  });
  const counts = clusterCounts(sourcesOf(index, { bandit }), "techno", 6000);
  // The 99.9 % quantile for 3 degrees of freedom.
  assert.ok(chiSquare(counts, softmax(scores, TEMPERATURE)) < 16.27, `${counts}`);
});

test("the energy is that which the policy wants, as long as there is one", () => {
  const chooser = chooserOf(sourcesOf(indexOf(30)));
  for (const [scene, energy] of [
    ["ambient", "calm"],
    ["techno", "peak"],
  ] as const) {
    for (let draw = 0; draw < 200; draw++) {
      const { presetId } = chosen(chooser, requestFor(scene, { asked: true }));
      assert.equal(energyOf(presetId), energy);
    }
  }
  const index = indexOf(30);
  const entries = index.entries.filter(({ energy }) => energy === "groove");
  const onlyGroove = chooserOf(sourcesOf({ ...index, entries }));
  const { presetId, method } = chosen(onlyGroove, requestFor("techno"));
  assert.deepEqual([energyOf(presetId), method], ["groove", "style"]);
});

test("a cluster goes on while the scene does, until it is used up", () => {
  const chooser = chooserOf(sourcesOf(indexOf(8)));
  let presentId = chosen(chooser, requestFor("techno")).presetId;
  const first = clusterOf(presentId);
  for (let pick = 1; pick < 8; pick++) {
    const choice = chosen(chooser, requestFor("techno", { presentId }));
    assert.equal(clusterOf(choice.presetId), first);
    assert.equal(choice.method, "stay");
    presentId = choice.presetId;
  }
  const other = chosen(chooser, requestFor("techno", { presentId }));
  assert.notEqual(clusterOf(other.presetId), first);
  assert.equal(other.method, "style");
});

test("another scene, another energy or a person draws a cluster anew", () => {
  const others: [string, Partial<ChoiceRequest> & { scene?: Scene }][] = [
    ["scene", { scene: "rock" }],
    ["energy", { macros: { ...MACROS.techno, motion: 0.1 } }],
    ["profile", { profile: "ambient" }],
    ["person", { asked: true }],
  ];
  for (const [what, given] of others) {
    for (let seed = 1; seed < 50; seed++) {
      const chooser = chooserOf(sourcesOf(indexOf(30)), seed);
      const { presetId } = chosen(chooser, requestFor("techno"));
      const request = requestFor("techno", { presentId: presetId, ...given });
      assert.equal(chosen(chooser, request).method, "style", what);
    }
  }
});

test("a cluster goes on as often as the policy likes", () => {
  const policy = { ...DEFAULT_POLICY, preferSameAuthorChance: 0.3 };
  const chooser = chooserOf(sourcesOf(indexOf(100), { policy }));
  let presentId: string | null = null;
  let numStays = 0;
  for (let pick = 0; pick < 2000; pick++) {
    const choice = chosen(chooser, requestFor("techno", { presentId }));
    if (choice.method === "stay") numStays += 1;
    presentId = choice.presetId;
  }
  assertNear(numStays / 2000, 0.3, 0.04);
});

test("presets of a cluster are drawn by their run weight", () => {
  const index = indexOf(3);
  const entries = index.entries.filter(({ presetId }) => presetId.startsWith("spark-peak"));
  const runManifest = new Map([
    ["spark-peak-0", OK],
    ["spark-peak-1", { ...OK, motion: 0.05 }],
    ["spark-peak-2", { ...OK, tier: "dark" as const, motion: 0.2 }],
  ]);
  const counts = [0, 0, 0];
  for (let seed = 0; seed < 3000; seed++) {
    const sources = sourcesOf({ ...index, entries }, { runManifest });
    const { presetId } = chosen(chooserOf(sources, seed), requestFor("techno"));
    const at = Number(presetId.at(-1));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  // Weights 1, 0.5 and 1.2; the 99.9 % quantile for 2 degrees of freedom.
  assert.ok(chiSquare(counts, [1 / 2.7, 0.5 / 2.7, 1.2 / 2.7]) < 13.82, `${counts}`);
});

test("what failed or is blacklisted is never shown, and lately shown ones not again", () => {
  const index = indexOf(12);
  const failed = new Set(
    index.entries.filter((_, at) => at % 5 === 0).map((each) => each.presetId),
  );
  const hard = new Set(index.entries.filter((_, at) => at % 7 === 1).map((each) => each.presetId));
  const listed = new Set(index.entries.filter((_, at) => at % 11 === 2).map((e) => e.presetId));
  const runManifest = new Map<string, RunEntry>([
    ...[...hard].map((id) => [id, { ...OK, reasons: ["wasm-abort"] }] as const),
    ...[...failed].map((id) => [id, { ...OK, failed: true }] as const),
  ]);
  const blacklist = { has: (id: string) => listed.has(id) };
  const stream = new RandomStream(8);
  const chooser = chooserOf(sourcesOf(index, { runManifest, blacklist }));
  const shown: string[] = [];
  for (let pick = 0; pick < 2000; pick++) {
    const scene = SCENES[Math.floor(3 * stream.next())] ?? "rock";
    const presentId = shown.at(-1) ?? null;
    const asked = stream.next() < 0.5;
    const { presetId } = chosen(chooser, requestFor(scene, { presentId, asked }));
    assert.ok(!failed.has(presetId) && !hard.has(presetId) && !listed.has(presetId), presetId);
    assert.ok(!shown.slice(-24).includes(presetId), `${presetId} again`);
    shown.push(presetId);
  }
  assert.ok(new Set(shown).size > 40);
});

test("a preset that fails now is not chosen again", () => {
  const listed = new Set<string>();
  const blacklist = { has: (id: string) => listed.has(id) };
  const chooser = chooserOf(sourcesOf(indexOf(2), { blacklist }));
  for (let pick = 0; pick < 24; pick++) {
    const { presetId } = chosen(chooser, requestFor("techno", { asked: true }));
    assert.equal(listed.has(presetId), false);
    listed.add(presetId);
  }
  assert.equal(chooser.choose(requestFor("techno")), null);
});

test("without an index the library is shown in its order, filtered", () => {
  const candidateIds = ["a", "b", "c", "d", "e"];
  const runManifest = new Map([["b", { ...OK, failed: true }]]);
  const blacklist = { has: (id: string) => id === "d" };
  const indexes: (StyleIndex | null)[] = [
    null,
    { version: "v1", entries: [], names: new Map() },
    // Of another library: as good as none.
    indexOf(3),
  ];
  for (const index of indexes) {
    const chooser = chooserOf({ ...sourcesOf(index), candidateIds, runManifest, blacklist });
    const shown: string[] = [];
    for (let pick = 0; pick < 7; pick++) {
      const choice = chosen(chooser, requestFor("techno", { presentId: shown.at(-1) ?? null }));
      assert.equal(choice.method, "sequence");
      assert.equal(choice.arm, null);
      shown.push(choice.presetId);
    }
    assert.deepEqual(shown, ["a", "c", "e", "a", "c", "e", "a"]);
  }
});

test("when no preset of the index may be drawn, the order takes over", () => {
  const index = indexOf(1);
  const indexed = index.entries.map(({ presetId }) => presetId);
  const candidateIds = [...indexed, "outside"];
  const blacklist = { has: (id: string) => indexed.includes(id) };
  const chooser = chooserOf({ ...sourcesOf(index), candidateIds, blacklist });
  const choice = chosen(chooser, requestFor("rock", { presentId: indexed[0] ?? null }));
  assert.deepEqual([choice.presetId, choice.method], ["outside", "sequence"]);
});

test("of two entries for a preset the first counts", () => {
  const entry = { presetId: "a", authorKey: "c01", energy: "peak", tags: [] } as const;
  const entries = [entry, { ...entry, authorKey: "c02" }];
  const sources = {
    ...sourcesOf({ version: "v1", entries, names: new Map() }),
    candidateIds: ["a"],
  };
  assert.equal(chosen(chooserOf(sources), requestFor("techno")).arm, "c01:peak");
});

test("two layers are not given the same preset in a row", () => {
  const chooser = chooserOf({ ...sourcesOf(null), candidateIds: ["a", "b", "c"] });
  const [foreground, background] = [requestFor("techno"), requestFor("techno")];
  assert.equal(chosen(chooser, foreground).presetId, "a");
  assert.equal(chosen(chooser, background).presetId, "b");
});

test("a library of one preset shows it once, an empty one nothing", () => {
  const one = chooserOf({ ...sourcesOf(null), candidateIds: ["a"] });
  assert.equal(one.choose(requestFor("techno"))?.presetId, "a");
  assert.equal(one.choose(requestFor("techno", { presentId: "a" })), null);
  assert.equal(chooserOf(sourcesOf(null)).choose(requestFor("techno")), null);
});

test("the same seed chooses the same", () => {
  const picks = (seed: number) => {
    const chooser = chooserOf(sourcesOf(indexOf(30)), seed);
    return Array.from({ length: 50 }, () => chosen(chooser, requestFor("rock")).presetId);
  };
  assert.deepEqual(picks(3), picks(3));
  assert.notDeepEqual(picks(3), picks(4));
});

test("a selection is logged as statistics read it", () => {
  const choice = { presetId: "a b.milk", run: undefined };
  assert.equal(selectionLine(choice), "selected preset a b.milk");
  const run = { ...OK, motion: 0.0612345, tier: "dark" as const };
  assert.equal(selectionLine({ ...choice, run }), "selected preset a b.milk (m=0.0612, tier=dark)");
  assert.equal(
    selectionLine({ ...choice, run: { ...OK, motion: null } }),
    "selected preset a b.milk",
  );
});
