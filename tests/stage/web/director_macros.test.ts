import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arbitrated,
  arbitratedMacros,
  isProfile,
  MACRO_NAMES,
  MacroBank,
  type Macros,
  macroTargets,
  PROFILES,
  type Profile,
  slotsOf,
} from "../../../aivj/stage/web/src/director/macros.ts";
import { SCENES, type Scene } from "../../../aivj/stage/web/src/director/scenes.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { assertNear, featuresOf } from "./director_signals.ts";

const BIAS: Record<Profile, Macros> = {
  peakRave: { fusion: 0.06, motion: 0.12, sparkle: 0.16 },
  videoVj: { fusion: 0.03, motion: 0.09, sparkle: 0.12 },
  drone: { fusion: -0.12, motion: -0.16, sparkle: -0.18 },
  ambient: { fusion: -0.06, motion: -0.1, sparkle: -0.12 },
  dub: { fusion: 0, motion: -0.04, sparkle: -0.08 },
  custom: { fusion: 0, motion: 0, sparkle: 0 },
};
const SCENE_BIAS: Record<Scene, Macros> = {
  ambient: { fusion: 0.08, motion: -0.08, sparkle: -0.1 },
  rock: { fusion: 0.04, motion: 0.04, sparkle: 0.1 },
  techno: { fusion: 0.02, motion: 0.12, sparkle: 0.08 },
};

function assertMacros(actual: Macros, expected: Macros, message: string) {
  for (const name of MACRO_NAMES)
    assertNear(actual[name], expected[name], 1e-12, `${message} ${name}`);
}

test("silence leaves the constants and the two biases", () => {
  for (const profile of PROFILES) {
    for (const scene of SCENES) {
      const biased = (start: number, name: "fusion" | "motion" | "sparkle") =>
        start + BIAS[profile][name] + SCENE_BIAS[scene][name];
      const expected = {
        fusion: biased(0.4, "fusion"),
        motion: biased(0.4, "motion"),
        sparkle: biased(0.38, "sparkle"),
      };
      assertMacros(macroTargets(featuresOf({}), profile, scene), expected, `${profile} ${scene}`);
    }
  }
});

test("each feature weighs what the runtime gives it", () => {
  const weights: [Parameters<typeof featuresOf>[0], Macros][] = [
    [{ energy01: 0.5 }, { fusion: 0.11, motion: 0.09, sparkle: 0.07 }],
    [{ bassLong01: 0.5 }, { fusion: 0.1, motion: 0, sparkle: 0 }],
    [{ kick01: 0.5 }, { fusion: 0.07, motion: 0.04, sparkle: 0 }],
    [{ onsetEdge01: 0.5 }, { fusion: 0.04, motion: 0.07, sparkle: 0.06 }],
    [{ flux01: 0.5 }, { fusion: 0, motion: 0.08, sparkle: 0 }],
    [{ synth01: 0.5 }, { fusion: 0, motion: 0.09, sparkle: 0 }],
    [{ beatPulse01: 0.5 }, { fusion: 0, motion: 0, sparkle: 0.1 }],
    [{ hihat01: 0.5 }, { fusion: 0, motion: 0, sparkle: 0.11 }],
    [{ clap01: 0.5 }, { fusion: 0, motion: 0, sparkle: 0.08 }],
  ];
  const still = macroTargets(featuresOf({}), "custom", "rock");
  for (const [heard, added] of weights) {
    const expected = {
      fusion: still.fusion + added.fusion,
      motion: still.motion + added.motion,
      sparkle: still.sparkle + added.sparkle,
    };
    const macros = macroTargets(featuresOf(heard), "custom", "rock");
    assertMacros(macros, expected, JSON.stringify(heard));
  }
});

test("macros stay between 0 and 1 whatever is heard", () => {
  const stream = new RandomStream(7);
  const any = () => stream.next();
  for (let round = 0; round < 2000; round++) {
    const heard = featuresOf({
      energy01: any(),
      bassLong01: any(),
      kick01: any(),
      onsetEdge01: any(),
      flux01: any(),
      synth01: any(),
      beatPulse01: any(),
      hihat01: any(),
      clap01: any(),
    });
    const profile = PROFILES[Math.floor(any() * PROFILES.length)] ?? "custom";
    const scene = SCENES[Math.floor(any() * SCENES.length)] ?? "rock";
    for (const value of Object.values(macroTargets(heard, profile, scene))) {
      assert.ok(value >= 0 && value <= 1, `${value} with ${JSON.stringify(heard)}`);
    }
  }
  const all = featuresOf({ energy01: 1, bassLong01: 1, kick01: 1, onsetEdge01: 1 });
  assert.equal(macroTargets(all, "peakRave", "ambient").fusion, 1);
});

test("the bank takes the first targets, rises fast and falls slowly", () => {
  const low = { fusion: 0.2, motion: 0.2, sparkle: 0.2 };
  const high = { fusion: 0.8, motion: 0.8, sparkle: 0.8 };
  const rising = new MacroBank();
  assert.deepEqual(rising.advance(low, 0.1), low);
  assertNear(rising.advance(high, 0.25).motion, 0.8 - 0.6 * Math.exp(-1));
  const falling = new MacroBank();
  falling.advance(high, 0.1);
  assertNear(falling.advance(low, 1).motion, 0.2 + 0.6 * Math.exp(-1));
});

test("the bank moves alike at any frame rate", () => {
  const target = { fusion: 0.9, motion: 0.1, sparkle: 0.5 };
  const after = (framesPerS: number) => {
    const bank = new MacroBank();
    bank.advance({ fusion: 0.4, motion: 0.4, sparkle: 0.4 }, 0);
    let macros = target;
    for (let frame = 0; frame < framesPerS; frame++) macros = bank.advance(target, 1 / framesPerS);
    return macros;
  };
  const [slow, fast] = [after(30), after(144)];
  for (const name of MACRO_NAMES) assertNear(slow[name], fast[name], 1e-9, name);
});

test("MIDI wins over a hand, a hand over the music", () => {
  const cases: [midi: number | undefined, manual: number | undefined, expected: number][] = [
    [undefined, undefined, 0.5],
    [undefined, 0.2, 0.2],
    [0.9, undefined, 0.9],
    [0.9, 0.2, 0.9],
    [0, 0.2, 0],
    [undefined, 0, 0],
  ];
  for (const [midi, manual, expected] of cases) {
    const grip = { ...(midi !== undefined && { midi }), ...(manual !== undefined && { manual }) };
    assert.equal(arbitrated(0.5, grip), expected, JSON.stringify(grip));
  }
  const macros = { fusion: 0.1, motion: 0.2, sparkle: 0.3 };
  assert.deepEqual(arbitratedMacros(macros, {}), macros);
  const grips = { motion: { manual: 0.7 }, sparkle: { manual: 0.6, midi: 1 } };
  assert.deepEqual(arbitratedMacros(macros, grips), { fusion: 0.1, motion: 0.7, sparkle: 1 });
});

test("slots follow the profile", () => {
  const factors: Record<Profile, number> = {
    peakRave: 1.1,
    videoVj: 1.05,
    drone: 0.75,
    ambient: 0.85,
    dub: 0.9,
    custom: 1,
  };
  for (const profile of PROFILES) {
    const slots = Object.entries(slotsOf(profile));
    assert.deepEqual(
      slots.map(([name]) => name),
      ["aivj-m4", "aivj-m5", "aivj-m6", "aivj-m7", "aivj-m8"],
    );
    for (const [name, slot] of slots) assertNear(slot, 0.5 * factors[profile], 1e-12, name);
  }
});

test("a profile is known by its name only", () => {
  assert.ok(isProfile("peakRave"));
  for (const other of ["PeakRave", "", "toString", null, 3]) assert.equal(isProfile(other), false);
});
