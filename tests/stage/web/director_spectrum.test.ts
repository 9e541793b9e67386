import assert from "node:assert/strict";
import { test } from "node:test";
import { Spectrum } from "../../../aivj/stage/web/src/director/spectrum.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { assertNear } from "./director_signals.ts";

const SIZE = 1024;
const RATE_HZ = 44_100;

function sine(frequencyHz: number, level: number, phase = 0): Float64Array {
  return Float64Array.from({ length: SIZE }, (_, n) => {
    return level * Math.sin((2 * Math.PI * frequencyHz * n) / RATE_HZ + phase);
  });
}

function measured(samples: Float64Array): Spectrum {
  const spectrum = new Spectrum(SIZE, RATE_HZ);
  spectrum.measure(samples);
  return spectrum;
}

/** The same by definition, in 1024 times the time. */
function powerOf(samples: Float64Array, bin: number): number {
  let [re, im] = [0, 0];
  for (const [n, sample] of samples.entries()) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / SIZE);
    re += sample * window * Math.cos((2 * Math.PI * bin * n) / SIZE);
    im -= sample * window * Math.sin((2 * Math.PI * bin * n) / SIZE);
  }
  return (2 * (re * re + im * im)) / (0.375 * SIZE ** 2);
}

test("it is the Fourier transform under a Hann window", () => {
  const stream = new RandomStream(1);
  const samples = Float64Array.from({ length: SIZE }, () => 2 * stream.next() - 1);
  const { power } = measured(samples);
  assert.equal(power.length, SIZE / 2 + 1);
  for (const bin of [1, 2, 3, 17, 100, 255, 256, 257, 511]) {
    assertNear(power[bin], powerOf(samples, bin), 1e-12, `bin ${bin}`);
  }
});

test("a sine in a band has its RMS there, and next to nothing elsewhere", () => {
  for (const frequencyHz of [100, 440, 1000, 5000, 15_000]) {
    for (const level of [0.01, 0.5, 1]) {
      const spectrum = measured(sine(frequencyHz, level, 0.7));
      const around = { lowHz: frequencyHz - 90, highHz: frequencyHz + 150 };
      assertNear(spectrum.rmsOf(around), level / Math.SQRT2, 0.03 * level, `${frequencyHz} Hz`);
      const above = { lowHz: frequencyHz + 500, highHz: 22_050 };
      assert.ok(spectrum.rmsOf(above) < 0.01 * level, `${frequencyHz} Hz leaks`);
    }
  }
});

test("bands that meet share no bin", () => {
  const stream = new RandomStream(2);
  const samples = Float64Array.from({ length: SIZE }, () => 2 * stream.next() - 1);
  const spectrum = measured(samples);
  const [low, high] = [
    spectrum.rmsOf({ lowHz: 60, highHz: 250 }),
    spectrum.rmsOf({ lowHz: 250, highHz: 2000 }),
  ];
  assertNear(spectrum.rmsOf({ lowHz: 60, highHz: 2000 }), Math.hypot(low, high), 1e-12);
});

test("a band narrower than a bin has one all the same, and none has the constant", () => {
  const spectrum = measured(sine(46, 1));
  assert.ok(spectrum.rmsOf({ lowHz: 43, highHz: 45 }) > 0.3);
  const constant = measured(new Float64Array(SIZE).fill(1));
  assert.ok(constant.rmsOf({ lowHz: 100, highHz: 22_050 }) < 1e-12);
});

test("a window is measured by itself", () => {
  const spectrum = new Spectrum(SIZE, RATE_HZ);
  spectrum.measure(sine(1000, 1));
  spectrum.measure(new Float64Array(SIZE));
  assert.equal(Math.max(...spectrum.power), 0);
});

test("only powers of two will do", () => {
  for (const size of [0, 2, 1000, 1023])
    assert.throws(() => new Spectrum(size, RATE_HZ), /power of/);
});
