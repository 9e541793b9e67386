import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AudioFeatures,
  FeatureExtractor,
} from "../../../aivj/stage/web/src/director/audio_features.ts";
import { InputLevel } from "../../../aivj/stage/web/src/director/input_level.ts";
import { SAMPLE_RATE_HZ } from "../../../aivj/stage/web/src/render/clip.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { Player, type Style } from "./director_music.ts";
import { assertNear, everyFrame } from "./director_signals.ts";

const WINDOW = 1024;
const SHARES = [
  "energy01",
  "energyFast01",
  "energySlow01",
  "accent01",
  "kick01",
  "bass01",
  "bassLong01",
  "synth01",
  "clap01",
  "hihat01",
  "mid01",
  "high01",
  "flux01",
  "onsetEdge01",
  "beatPulse01",
  "beatConfidence01",
  "beatStability01",
  "beatQuality01",
] as const;

type Sound = (timeS: number) => number;

/** Features of a sound, frame by frame. */
function heardFrom(sound: Sound, seconds: number, framesPerS = 60): AudioFeatures[] {
  const extractor = new FeatureExtractor(SAMPLE_RATE_HZ);
  const features: AudioFeatures[] = [];
  const window = new Float32Array(WINDOW);
  everyFrame([0, seconds], framesPerS, (nowMs) => {
    const end = Math.round((nowMs / 1000) * SAMPLE_RATE_HZ);
    for (let n = 0; n < WINDOW; n++) window[n] = sound((end - WINDOW + n) / SAMPLE_RATE_HZ);
    features.push(extractor.advance(window, nowMs, nowMs === 0 ? 0 : 1 / framesPerS));
  });
  return features;
}

function heardOf(style: Style, seconds: number, framesPerS = 60): AudioFeatures[] {
  const player = new Player([{ style, startS: 0, endS: seconds }]);
  const extractor = new FeatureExtractor(SAMPLE_RATE_HZ);
  const features: AudioFeatures[] = [];
  everyFrame([0, seconds], framesPerS, (nowMs) => {
    const elapsedS = nowMs === 0 ? 0 : 1 / framesPerS;
    features.push(extractor.advance(player.windowAt(nowMs / 1000), nowMs, elapsedS));
  });
  return features;
}

function tone(frequencyHz: number, level: number): Sound {
  return (timeS) => level * Math.sin(2 * Math.PI * frequencyHz * timeS);
}

/** The mean over the second half. */
function settled(features: readonly AudioFeatures[], name: (typeof SHARES)[number] | "onsetsPerS") {
  const half = features.slice(Math.floor(features.length / 2));
  return half.reduce((sum, each) => sum + each[name], 0) / half.length;
}

test("silence is silent in every respect", () => {
  for (const features of heardFrom(() => 0, 3)) {
    assert.equal(features.rms, 0);
    assert.equal(features.audible, false);
    assert.equal(features.beatsPerMinute, null);
    for (const name of SHARES) assert.ok(features[name] < 1e-12, name);
  }
});

test("a constant is silence, and bytes' half step is not heard", () => {
  for (const constant of [0.004, -0.004, 0.5]) {
    const { rms, audible } = heardFrom(() => constant, 0.1).at(-1) ?? assert.fail();
    assert.ok(rms < 1e-6 && !audible);
  }
});

test("the RMS is that of the window", () => {
  assertNear(heardFrom(tone(1000, 0.2), 0.5).at(-1)?.rms, 0.2 / Math.SQRT2, 0.002);
});

test("a tone sounds in its own band", () => {
  const bands = ["kick01", "bass01", "synth01", "clap01", "hihat01", "mid01", "high01"] as const;
  const heard: [number, readonly (typeof bands)[number][]][] = [
    // A window is too short to tell a kick from a bass.
    [60, ["kick01", "bass01"]],
    [180, ["bass01"]],
    [700, ["synth01", "mid01"]],
    [1600, ["synth01", "clap01", "mid01"]],
    [3000, ["clap01", "mid01"]],
    [5000, ["high01"]],
    [9000, ["hihat01", "high01"]],
  ];
  for (const [frequencyHz, expected] of heard) {
    const features = heardFrom(tone(frequencyHz, 0.2), 1).at(-1) ?? assert.fail();
    for (const band of bands) {
      const loud = features[band] > 0.4;
      assert.equal(loud, expected.includes(band), `${band} ${features[band]} at ${frequencyHz} Hz`);
    }
  }
});

test("bands rise at once and fall like a meter", () => {
  const hit: Sound = (timeS) => (timeS > 0.2 && timeS < 0.3 ? tone(90, 0.4)(timeS) : 0);
  const features = heardFrom(hit, 1.5);
  const kick = (timeS: number) => features[Math.round(timeS * 60)]?.kick01 ?? assert.fail();
  assert.ok(kick(0.25) > 0.9);
  // The last frame that hears all of it is that at 0.3 s.
  assert.ok(kick(0.4) > 0.35 && kick(0.4) < 0.7, `${kick(0.4)}`);
  assert.ok(kick(1.2) < 0.01);
});

test("louder music has more energy, and no more than 1", () => {
  const levels = [0.02, 0.05, 0.1, 0.2, 0.4, 1];
  const energies = levels.map((level) => heardFrom(tone(300, level), 2).at(-1)?.energy01 ?? 0);
  for (const [at, energy] of energies.entries()) {
    assert.ok(energy >= (energies[at - 1] ?? 0) - 1e-9 && energy <= 1, `${energies}`);
  }
  assert.ok((energies[0] ?? 1) < 0.2 && (energies[3] ?? 0) > 0.5, `${energies}`);
});

test("silence between sounds is music for half a second", () => {
  const features = heardFrom((timeS) => (timeS < 1 ? tone(300, 0.2)(timeS) : 0), 3);
  const numAudible = features.filter(({ audible }) => audible).length;
  assertNear(numAudible / 60, 1 + WINDOW / SAMPLE_RATE_HZ + 0.5, 0.03);
});

test("a sudden sound is one onset", () => {
  const stream = new RandomStream(1);
  const noise = Array.from({ length: 3 * SAMPLE_RATE_HZ }, () => stream.next() - 0.5);
  const sound: Sound = (timeS) => {
    const sample = noise[Math.round(timeS * SAMPLE_RATE_HZ)] ?? 0;
    return (timeS < 1 ? 0.02 : 0.6) * sample;
  };
  const features = heardFrom(sound, 2.9);
  const loud = features.filter(({ flux01 }) => flux01 > 0.35);
  assert.ok(loud.length >= 1 && loud.length <= 4, `${loud.length} frames`);
  const at = (timeS: number) => features[Math.round(timeS * 60)] ?? assert.fail();
  assert.equal(at(0.95).onsetsPerS, 0);
  assert.equal(at(1.2).onsetsPerS, 0.5);
  assert.ok(at(1.03).onsetEdge01 > 0.9);
  assert.ok(at(1.2).onsetEdge01 < 0.3);
});

test("what is louder than the last seconds is an accent, for some seconds", () => {
  const sound: Sound = (timeS) => (timeS < 16 ? 0.05 : 0.3) * Math.sin(2 * Math.PI * 300 * timeS);
  const features = heardFrom(sound, 28, 30);
  const accent = (timeS: number) => features[timeS * 30]?.accent01 ?? assert.fail();
  assert.ok(accent(15) < 0.05 && accent(18) > 0.7 && accent(27) < 0.15);
});

test("styles differ in what the director goes by", () => {
  const [ambient, techno, rock] = (["ambient", "techno", "rock"] as const).map((style) =>
    heardOf(style, 16),
  );
  assert.ok(ambient && techno && rock);
  const more = (
    name: (typeof SHARES)[number] | "onsetsPerS",
    one: AudioFeatures[],
    other: AudioFeatures[],
  ) => assert.ok(settled(one, name) > 1.25 * settled(other, name), name);
  more("energy01", techno, ambient);
  more("energy01", rock, ambient);
  more("flux01", techno, ambient);
  more("onsetsPerS", techno, ambient);
  more("kick01", techno, rock);
  more("mid01", rock, techno);
  more("high01", rock, techno);
  more("beatQuality01", techno, ambient);
  assertNear(techno.at(-1)?.beatsPerMinute, 128, 1.5);
  assertNear(rock.at(-1)?.beatsPerMinute, 110, 1.5);
  assert.ok(techno.at(-1)?.beatTrusted && rock.at(-1)?.beatTrusted);
  assert.ok(ambient.every(({ beatTrusted }) => !beatTrusted));
});

test("features are alike at any frame rate", () => {
  const at = [30, 60, 144].map((framesPerS) => heardOf("techno", 12, framesPerS));
  const [slow, usual, fast] = at;
  assert.ok(slow && usual && fast);
  for (const name of ["energy01", "kick01", "hihat01", "flux01", "beatConfidence01"] as const) {
    for (const other of [slow, fast]) {
      assertNear(settled(other, name), settled(usual, name), 0.08, name);
    }
  }
  for (const other of [slow, fast]) {
    assertNear(settled(other, "onsetsPerS") / settled(usual, "onsetsPerS"), 1, 0.3, "onsets");
  }
});

test("whatever is heard, shares stay between 0 and 1 and nothing is NaN", () => {
  const stream = new RandomStream(9);
  let level = 0;
  const features = heardFrom(() => {
    if (stream.next() < 0.001) level = stream.next() < 0.3 ? 0 : 2 * stream.next();
    return level * (2 * stream.next() - 1);
  }, 20);
  for (const each of features) {
    for (const name of SHARES)
      assert.ok(each[name] >= 0 && each[name] <= 1, `${name} ${each[name]}`);
    assert.ok(each.rms >= 0 && each.onsetsPerS >= 0);
  }
});

test("a pause of the page is no event of the music", () => {
  const extractor = new FeatureExtractor(SAMPLE_RATE_HZ);
  const player = new Player([{ style: "techno", startS: 0, endS: 100 }]);
  let before: AudioFeatures | null = null;
  everyFrame([0, 10], 60, (nowMs) => {
    before = extractor.advance(player.windowAt(nowMs / 1000), nowMs, nowMs === 0 ? 0 : 1 / 60);
  });
  const after = extractor.advance(player.windowAt(10), 3_610_000, 3600);
  assert.ok(before !== null);
  assertNear(after.energySlow01, (before as AudioFeatures).energySlow01, 0.05);
});

test("a window of another length is refused", () => {
  const extractor = new FeatureExtractor(SAMPLE_RATE_HZ);
  assert.throws(
    () => extractor.advance(new Float32Array(512), 0, 0),
    /expected 1024 samples, found 512/,
  );
});

test("the input's level is learned slowly, within limits, and not from silence", () => {
  const gainAfter = (rms: number, seconds: number, level = new InputLevel()) => {
    let gain = 0;
    for (let frame = 0; frame < seconds * 60; frame++) gain = level.advance(rms, 1 / 60);
    return gain;
  };
  assertNear(gainAfter(0.2, 20), 1, 1e-9);
  assertNear(gainAfter(0.1, 60), 2, 1e-9);
  assertNear(gainAfter(0.4, 60), 0.5, 1e-9);
  assert.equal(gainAfter(0.01, 60), 2.5);
  assert.equal(gainAfter(1, 60), 0.4);
  assert.equal(gainAfter(0.005, 600), 1);
  const level = new InputLevel();
  gainAfter(0.1, 60, level);
  const [early, late] = [gainAfter(0.4, 2, level), gainAfter(0.4, 60, level)];
  assert.ok(early > 1 && early < 2, `${early}`);
  assertNear(late, 0.5, 0.02);
});
