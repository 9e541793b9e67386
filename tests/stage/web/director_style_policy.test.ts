import assert from "node:assert/strict";
import { test } from "node:test";
import { PROFILES, type Profile } from "../../../aivj/stage/web/src/director/macros.ts";
import type { Energy } from "../../../aivj/stage/web/src/director/style_index.ts";
import {
  DEFAULT_POLICY,
  parseStylePolicy,
  wantedEnergy,
} from "../../../aivj/stage/web/src/director/style_policy.ts";

const WRITTEN = {
  version: "v0",
  generatedAt: "2026-03-01T00:00:00.000Z",
  pack: "demo-safe",
  preferSameAuthorChance: 1,
  motionThresholds: { calmMax: 0.42, grooveMax: 0.72 },
  profileMap: {
    ambient: "calm",
    drone: "calm",
    dub: "groove",
    videoVj: "groove",
    peakRave: "peak",
  },
};

function macros(motion: number) {
  return { fusion: 0.5, motion, sparkle: 0.5 };
}

test("a policy as it is written is the default", () => {
  assert.deepEqual(parseStylePolicy(WRITTEN), DEFAULT_POLICY);
});

test("a custom profile follows the motion, the others their map", () => {
  const byMotion: [number, Energy][] = [
    [0, "calm"],
    [0.42, "calm"],
    [0.4201, "groove"],
    [0.72, "groove"],
    [0.7201, "peak"],
    [1, "peak"],
  ];
  for (const [motion, energy] of byMotion) {
    assert.equal(wantedEnergy(DEFAULT_POLICY, "custom", macros(motion)), energy, `${motion}`);
  }
  const mapped: Partial<Record<Profile, Energy>> = DEFAULT_POLICY.profileMap;
  for (const profile of PROFILES.filter((each) => each !== "custom")) {
    for (const motion of [0, 0.5, 1]) {
      assert.equal(wantedEnergy(DEFAULT_POLICY, profile, macros(motion)), mapped[profile]);
    }
  }
});

test("a profile that the map leaves out follows the motion", () => {
  const policy = parseStylePolicy({ ...WRITTEN, profileMap: { drone: "peak" } });
  assert.equal(wantedEnergy(policy, "drone", macros(0)), "peak");
  assert.equal(wantedEnergy(policy, "peakRave", macros(0)), "calm");
});

test("what is not valid is the default's", () => {
  for (const document of [null, 3, "v0", [], {}, { ...WRITTEN, version: "v1" }]) {
    assert.equal(parseStylePolicy(document), DEFAULT_POLICY);
  }
  const parts: [object, object][] = [
    [{ preferSameAuthorChance: "often" }, {}],
    [{ preferSameAuthorChance: 7 }, { preferSameAuthorChance: 1 }],
    [{ preferSameAuthorChance: -1 }, { preferSameAuthorChance: 0 }],
    [{ motionThresholds: { calmMax: 0.8, grooveMax: 0.2 } }, {}],
    [{ motionThresholds: { calmMax: 0.1 } }, {}],
    [
      { motionThresholds: { calmMax: 0.1, grooveMax: 0.2 } },
      { motionThresholds: { calmMax: 0.1, grooveMax: 0.2 } },
    ],
    [{ profileMap: ["calm"] }, {}],
    [
      { profileMap: { dub: "loud", disco: "peak", drone: "calm" } },
      { profileMap: { drone: "calm" } },
    ],
  ];
  for (const [given, expected] of parts) {
    assert.deepEqual(
      parseStylePolicy({ ...WRITTEN, ...given }),
      { ...DEFAULT_POLICY, ...expected },
      JSON.stringify(given),
    );
  }
});
