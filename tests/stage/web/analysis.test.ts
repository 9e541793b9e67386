import assert from "node:assert/strict";
import { test } from "node:test";
import type { AudioLevels, AudioProcessor } from "butterchurn";
import { Recording } from "../../../aivj/stage/web/src/probe/recording.ts";
import { lasting, shareAnalyses } from "../../../aivj/stage/web/src/render/analysis.ts";
import { Clip } from "../../../aivj/stage/web/src/render/clip.ts";

/** An ear that counts, and overwrites its samples as Butterchurn's does. */
class CountingEar implements AudioProcessor {
  timeArrayL = new Int8Array(1);
  timeArrayR = new Int8Array(1);
  freqArray = new Float32Array(1);
  freqArrayL = new Float32Array(1);
  freqArrayR = new Float32Array(1);
  numAnalysed = 0;

  updateAudio(both: Uint8Array, left: Uint8Array, right: Uint8Array): void {
    this.numAnalysed += 1;
    this.timeArrayL[0] = left[0] ?? 0;
    this.timeArrayR[0] = right[0] ?? 0;
    this.freqArray = new Float32Array(both);
    this.freqArrayL = new Float32Array(left);
    this.freqArrayR = new Float32Array(right);
  }
}

function ears(): [CountingEar, CountingEar] {
  const pair: [CountingEar, CountingEar] = [new CountingEar(), new CountingEar()];
  for (const ear of pair) shareAnalyses(ear);
  return pair;
}

function levels(both: number, left: number, right: number): AudioLevels {
  const [timeByteArray, timeByteArrayL, timeByteArrayR] = [both, left, right].map((byte) =>
    Uint8Array.of(byte),
  );
  return { timeByteArray, timeByteArrayL, timeByteArrayR } as AudioLevels;
}

function hear(ear: CountingEar, { timeByteArray, timeByteArrayL, timeByteArrayR }: AudioLevels) {
  ear.updateAudio(timeByteArray, timeByteArrayL, timeByteArrayR);
  const { timeArrayL, timeArrayR, freqArray, freqArrayL, freqArrayR } = ear;
  return [timeArrayL, timeArrayR, freqArray, freqArrayL, freqArrayR].map((array) => array[0]);
}

test("a moment that lasts is analysed once for all who hear it", () => {
  const [first, second] = ears();
  const [loud, soft] = [lasting(levels(3, 1, 2)), lasting(levels(6, 4, 5))];

  for (let again = 0; again < 2; again++) {
    for (const ear of [first, second]) {
      assert.deepEqual(hear(ear, loud), [1, 2, 3, 1, 2]);
      assert.deepEqual(hear(ear, soft), [4, 5, 6, 4, 5]);
    }
  }
  assert.deepEqual([first.numAnalysed, second.numAnalysed], [2, 0]);
});

test("what may change is analysed each time, and changes nothing that is kept", () => {
  const [first, second] = ears();
  const [kept, passing] = [lasting(levels(3, 1, 2)), levels(6, 4, 5)];

  hear(first, kept);
  assert.deepEqual(hear(first, passing), [4, 5, 6, 4, 5]);
  passing.timeByteArrayL[0] = 9;
  assert.deepEqual(hear(first, passing), [9, 5, 6, 9, 5]);
  assert.deepEqual(hear(second, kept), [1, 2, 3, 1, 2]);
  assert.deepEqual([first.numAnalysed, second.numAnalysed], [3, 0]);
});

test("a recording gives the moments of its clip, the same each time", () => {
  const clip = new Clip(Uint8Array.from({ length: 3 * 44_100 }, (_, n) => n % 251));
  const recording = new Recording(clip);

  assert.deepEqual(recording.levels(0.5), clip.levels(0.5));
  assert.equal(recording.levels(0.5), recording.levels(0.5));
  assert.notDeepEqual(recording.levels(0.5), recording.levels(0.6));
});

test("a recording keeps so many moments and no more", () => {
  const recording = new Recording(new Clip(new Uint8Array(3 * 44_100)));
  for (let frame = 0; frame < 512; frame++) recording.levels(frame / 60);

  assert.equal(recording.levels(0), recording.levels(0));
  assert.notEqual(recording.levels(9), recording.levels(9));
});
