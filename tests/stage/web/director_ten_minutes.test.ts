// The whole chain on a virtual clock: ten minutes of music, from samples to picks.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AudioFeatures,
  FeatureExtractor,
} from "../../../aivj/stage/web/src/director/audio_features.ts";
import type { SwitchRequest } from "../../../aivj/stage/web/src/director/auto_director.ts";
import { Autopilot, type Moment } from "../../../aivj/stage/web/src/director/autopilot.ts";
import {
  type Choice,
  PresetChooser,
  selectionLine,
} from "../../../aivj/stage/web/src/director/preset_choice.ts";
import type { RunEntry } from "../../../aivj/stage/web/src/director/run_manifest.ts";
import { SCENES, type Scene } from "../../../aivj/stage/web/src/director/scenes.ts";
import type { StyleIndex } from "../../../aivj/stage/web/src/director/style_index.ts";
import { DEFAULT_POLICY } from "../../../aivj/stage/web/src/director/style_policy.ts";
import { SAMPLE_RATE_HZ } from "../../../aivj/stage/web/src/render/clip.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { CLUSTERS, clusterOf, energyOf, indexOf } from "./director_library.ts";
import { type Part, Player, type Style } from "./director_music.ts";
import { everyFrame } from "./director_signals.ts";

const FRAMES_PER_S = 30;
/** What the page's own timer is set to; beatless music is switched by nothing else. */
const TIMER_S = 20;
/** What the classifier, the beat and the bank take to get used to other music. */
const SETTLING_S = 12;
const BREAK_ENDS_S = 206;

const SET: readonly Part[] = [
  { style: "ambient", startS: 0, endS: 110 },
  { style: "build", startS: 110, endS: 140 },
  { style: "techno", startS: 140, endS: 201 },
  { style: "ambient", startS: 201, endS: BREAK_ENDS_S },
  { style: "techno", startS: BREAK_ENDS_S, endS: 350 },
  { style: "silence", startS: 350, endS: 380 },
  { style: "rock", startS: 380, endS: 500 },
  { style: "ambient", startS: 500, endS: 600 },
];

type Request = SwitchRequest | { readonly layer: "foreground"; readonly trigger: "timer" };

interface Played {
  readonly timeS: number;
  readonly request: Request | null;
  readonly part: Part;
  readonly features: AudioFeatures;
  readonly moment: Moment;
}

/** The set as the autopilot hears it, on a page with a timer. */
function playSet(): Played[] {
  const player = new Player(SET);
  const extractor = new FeatureExtractor(SAMPLE_RATE_HZ);
  const autopilot = new Autopilot("custom");
  const played: Played[] = [];
  let switchedAtS = 0;
  everyFrame([0, 600], FRAMES_PER_S, (nowMs) => {
    const timeS = nowMs / 1000;
    const elapsedS = nowMs === 0 ? 0 : 1 / FRAMES_PER_S;
    const features = extractor.advance(player.windowAt(timeS), nowMs, elapsedS);
    const moment = autopilot.advance({
      features,
      nowMs,
      frameP95Ms: 6,
      humanHold: false,
      midiLock: false,
      forcedOpen: false,
      grips: {},
    });
    let request: Request | null = moment.request;
    if (request === null && timeS - switchedAtS >= TIMER_S) {
      request = { layer: "foreground", trigger: "timer" };
      autopilot.noteSwitch("foreground", nowMs);
    }
    if (request?.layer === "foreground") switchedAtS = timeS;
    const part = player.partAt(timeS) ?? assert.fail(`nothing is played at ${timeS} s`);
    played.push({ timeS, request, part, features, moment });
  });
  return played;
}

const PLAYED = playSet();

/** Frames of a style, but for those in which it is new. */
function settledIn(style: Style): Played[] {
  return PLAYED.filter(({ part, timeS }) => {
    return part.style === style && timeS >= part.startS + SETTLING_S;
  });
}

function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): number {
  assert.ok(items.length > 0);
  return items.filter(holds).length / items.length;
}

type Requested = Played & { readonly request: Request };

const REQUESTED: readonly Requested[] = PLAYED.flatMap(({ request, ...played }) =>
  request === null ? [] : [{ ...played, request }],
);

interface Pick extends Choice {
  readonly scene: Scene;
}

/** What is picked in the set; what a seed picks differs, when it is picked does not. */
function picksOf(seed: number, index: StyleIndex | null, runManifest: Map<string, RunEntry>) {
  const stream = new RandomStream(seed);
  const chooser = new PresetChooser(
    {
      candidateIds: [...runManifest.keys()],
      index,
      policy: DEFAULT_POLICY,
      runManifest,
      bandit: { preference: () => 0 },
      blacklist: { has: () => false },
    },
    () => stream.next(),
  );
  const present: Record<string, string | null> = { foreground: null, background: null };
  return REQUESTED.map(({ moment, request }): Pick => {
    const { macros } = moment;
    const { scene } = moment.scene;
    const presentId = present[request.layer] ?? null;
    const choice = chooser.choose({ scene, macros, profile: "custom", presentId, asked: false });
    if (choice === null) assert.fail("nothing was chosen");
    present[request.layer] = choice.presetId;
    return { ...choice, scene };
  });
}

/** A library whose presets move from not at all to much. */
function library(index: StyleIndex): Map<string, RunEntry> {
  return new Map(
    index.entries.map(({ presetId }, at) => {
      const motion = (0.2 * (at % 20)) / 20;
      return [presetId, { failed: false, tier: "strict", luma01: 0.5, motion, reasons: [] }];
    }),
  );
}

test("each style is taken for the scene that it is", () => {
  for (const scene of SCENES) {
    const right = shareOf(settledIn(scene), ({ moment }) => moment.scene.scene === scene);
    assert.ok(right > 0.95, `${scene}: ${right}`);
  }
  const changes = PLAYED.filter(({ moment, timeS }, at) => {
    return at > 0 && moment.scene.changedAtMs === timeS * 1000;
  });
  assert.ok(changes.length <= 12, `${changes.map(({ timeS }) => timeS.toFixed(1))}`);
});

test("sections rise and fall with the set", () => {
  assert.equal(
    shareOf(settledIn("ambient"), ({ moment }) => moment.section === "CALM"),
    1,
  );
  assert.equal(
    shareOf(settledIn("silence"), ({ moment }) => moment.section === "CALM"),
    1,
  );
  assert.ok(shareOf(settledIn("techno"), ({ moment }) => moment.section === "PEAK") > 0.9);
  assert.equal(
    shareOf(settledIn("rock"), ({ moment }) => moment.section === "CALM"),
    0,
  );
});

test("techno and rock have a beat to trust, ambient has none", () => {
  assert.ok(shareOf(settledIn("techno"), ({ features }) => features.beatTrusted) > 0.95);
  assert.ok(shareOf(settledIn("rock"), ({ features }) => features.beatTrusted) > 0.95);
  assert.ok(shareOf(settledIn("ambient"), ({ features }) => features.beatTrusted) < 0.02);
});

test("switches keep their distance, and the director's fall into music with a beat", () => {
  for (const [layer, leastS] of [
    ["foreground", 11],
    ["background", 30],
  ] as const) {
    const times = REQUESTED.filter(({ request }) => request.layer === layer).map((r) => r.timeS);
    for (const [at, timeS] of times.entries()) {
      const gapS = timeS - (times[at - 1] ?? 0);
      assert.ok(gapS >= leastS - 1e-9, `${layer} after ${gapS} s at ${timeS} s`);
    }
  }
  const foreground = REQUESTED.filter(({ request }) => request.layer === "foreground");
  assert.ok(foreground.length >= 30 && foreground.length <= 45, `${foreground.length}`);
  const ofDirector = REQUESTED.filter(({ request }) => request.trigger !== "timer");
  assert.ok(ofDirector.every(({ part }) => part.style !== "silence"));
  assert.ok(ofDirector.every(({ features }) => features.beatTrusted && features.audible));
  const triggers = new Set(ofDirector.map(({ request }) => request.trigger));
  assert.ok(triggers.has("scene") && triggers.has("background"), `${[...triggers]}`);
});

test("the drop behind a break is met at once, not by the timer", () => {
  const after = REQUESTED.find(({ timeS, request }) => {
    return timeS >= BREAK_ENDS_S && request.layer === "foreground";
  });
  assert.ok(after !== undefined && after.timeS < BREAK_ENDS_S + 1, `${after?.timeS} s`);
  assert.notEqual(after.request.trigger, "timer");
});

test("backgrounds change in techno only", () => {
  const backgrounds = REQUESTED.filter(({ request }) => request.layer === "background");
  assert.ok(backgrounds.length >= 5, `${backgrounds.length}`);
  assert.ok(backgrounds.every(({ moment }) => moment.scene.scene === "techno"));
});

test("each scene is shown its own clusters, at its own energy", () => {
  const index = indexOf(60);
  const runManifest = library(index);
  const picks = Array.from({ length: 40 }, (_, seed) => picksOf(seed, index, runManifest)).flat();
  const favourites = { ambient: "haze", techno: "spark", rock: "strings" };
  for (const scene of SCENES) {
    const ours = picks.filter((pick) => pick.scene === scene);
    const share = (cluster: string) =>
      shareOf(ours, ({ presetId }) => clusterOf(presetId) === cluster);
    const favourite = share(favourites[scene]);
    assert.ok(favourite > 0.5, `${favourites[scene]} is ${favourite} of ${scene}`);
    for (const cluster of CLUSTERS.filter((each) => each !== favourites[scene])) {
      assert.ok(favourite > 2 * share(cluster), `${cluster} is ${share(cluster)} of ${scene}`);
    }
  }
  const energyShare = (scene: Scene, energy: string) =>
    shareOf(
      picks.filter((pick) => pick.scene === scene),
      ({ presetId }) => energyOf(presetId) === energy,
    );
  assert.equal(energyShare("ambient", "peak"), 0);
  // The others are picked while the energy still rises.
  assert.ok(energyShare("techno", "peak") > 0.75);
  assert.ok(energyShare("rock", "peak") > 0.9);
});

test("nearly all picks move enough for the statistics of selections", () => {
  const index = indexOf(60);
  const lines = Array.from({ length: 10 }, (_, seed) => picksOf(seed, index, library(index)))
    .flat()
    .map(selectionLine);
  const motions = lines.map((line) => {
    const [, motion] = /^selected preset \S+ \(m=([\d.]+), tier=strict\)$/.exec(line) ?? [];
    return Number(motion ?? assert.fail(line));
  });
  assert.ok(shareOf(motions, (motion) => motion > 0.05) >= 0.8);
});

test("without an index the same set goes through the library in its order", () => {
  const index = indexOf(60);
  const runManifest = library(index);
  const picks = picksOf(1, null, runManifest);
  assert.equal(picks.length, REQUESTED.length);
  assert.ok(picks.every(({ method }) => method === "sequence"));
  const ids = [...runManifest.keys()];
  const positions = new Set(picks.map(({ presetId }) => ids.indexOf(presetId)));
  assert.equal(Math.max(...positions), positions.size - 1);
});
