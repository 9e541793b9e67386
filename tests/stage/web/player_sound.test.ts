import assert from "node:assert/strict";
import { test } from "node:test";
import { DemoMusic } from "../../../aivj/stage/web/src/player/sound/demo.ts";
import { intensityOf } from "../../../aivj/stage/web/src/player/sound/ear.ts";
import { Hearing } from "../../../aivj/stage/web/src/player/sound/hearing.ts";
import {
  fromBytes,
  silentWindow,
  toBytes,
} from "../../../aivj/stage/web/src/player/sound/window.ts";
import { statusText, toggleText } from "../../../aivj/stage/web/src/player/surface/sound_panel.ts";
import { WINDOW } from "../../../aivj/stage/web/src/render/clip.ts";

/** A tone of 441 Hz in both channels. */
function tone(amplitude: number) {
  const window = silentWindow();
  for (const samples of [window.mono, window.left, window.right]) {
    for (let n = 0; n < WINDOW; n++) {
      samples[n] = amplitude * Math.sin((2 * Math.PI * 441 * n) / 44_100);
    }
  }
  return window;
}

test("samples become bytes as the browser's analyser has them, and back", () => {
  const samples = Float32Array.of(-2, -1, -0.5, 0, 0.5, 0.9999, 1, 2);
  const bytes = new Uint8Array(8);
  toBytes(samples, bytes);
  assert.deepEqual([...bytes], [0, 0, 64, 128, 192, 255, 255, 255]);
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const floats = new Float32Array(256);
  const again = new Uint8Array(256);
  fromBytes(every, floats);
  toBytes(floats, again);
  assert.deepEqual(again, every);
});

test("loudness is that of the pre-emphasised signal, before gain", () => {
  const hearing = new Hearing();
  hearing.hear(tone(0.5), 0);
  const { rms, peak, gain } = hearing.loudness;
  // |1 - 0.97 exp(-iw)| at 441 Hz is 0.0688.
  assert.ok(Math.abs(rms - 0.0688 * 0.5 * Math.SQRT1_2) < 0.0008, String(rms));
  assert.ok(Math.abs(peak - 0.0688 * 0.5) < 0.0008, String(peak));
  assert.equal(gain, 1);
});

test("quiet music is brought to an RMS of 0.2, by 5.5 at most, loud music by 0.8 at least", () => {
  const gainAfter = (amplitude: number) => {
    const hearing = new Hearing();
    for (let frame = 0; frame < 600; frame++) hearing.hear(tone(amplitude), 1 / 30);
    return hearing.loudness.gain;
  };
  assert.ok(Math.abs(gainAfter(0.1) - 0.2 / (0.1 * Math.SQRT1_2)) < 0.05);
  assert.equal(gainAfter(0.02), 5.5);
  assert.equal(gainAfter(1), 0.8);
});

test("silence is silence, and is not amplified", () => {
  const hearing = new Hearing();
  for (let frame = 0; frame < 600; frame++) hearing.hear(silentWindow(), 1 / 30);
  assert.deepEqual(hearing.loudness, { rms: 0, peak: 0, gain: 1 });
  const { timeByteArray, timeByteArrayL } = hearing.hear(silentWindow(), 1 / 30);
  assert.ok([...timeByteArray, ...timeByteArrayL].every((byte) => byte === 128));
});

test("the groove is heard as if it had played for ever, and can be played aloud", () => {
  const numSamples = 44_100;
  const planar = Uint8Array.from({ length: 3 * numSamples }, (_, at) => (at % 200) + 20);
  const demo = new DemoMusic(planar);
  const [once, later] = [silentWindow(), silentWindow()];
  demo.read(500, once);
  demo.read(7500, later);
  assert.deepEqual(once, later);
  assert.notDeepEqual(once.mono, silentWindow().mono);
  const [left, right] = demo.channels();
  assert.equal(left.length, numSamples);
  assert.equal(left[0], ((numSamples % 200) + 20 - 128) / 128);
  assert.equal(right[0], (((2 * numSamples) % 200) + 20 - 128) / 128);
  assert.throws(() => new DemoMusic(new Uint8Array(0)), /empty/);
});

test("intensity grows with each of its parts and stays within 0 to 1", () => {
  const none = { energy01: 0, accent01: 0, beatPulse01: 0 };
  assert.equal(intensityOf(none), 0);
  for (const name of ["energy01", "accent01", "beatPulse01"] as const) {
    assert.ok(intensityOf({ ...none, [name]: 1 }) > 0);
  }
  const most = intensityOf({ energy01: 1, accent01: 1, beatPulse01: 1 });
  assert.ok(most > 0.999 && most <= 1);
});

test("the button says play when, and only when, it plays", () => {
  const state = { name: "x", trouble: "" };
  const text = (kind: "silence" | "demo" | "file" | "microphone" | "tab", playing: boolean) =>
    toggleText({ ...state, kind, playing });
  for (const kind of ["silence", "demo", "file"] as const) {
    assert.match(text(kind, false), /play/i);
    assert.doesNotMatch(text(kind, true), /play/i);
  }
  assert.equal(text("microphone", true), "Stop");
  assert.equal(text("tab", true), "Stop");
});

test("the status says what is heard, and silence as silence", () => {
  const file = { kind: "file", name: "a.mp3", playing: true, trouble: "" } as const;
  assert.equal(statusText(file, false), "a.mp3");
  assert.equal(statusText(file, true), "a.mp3 · silent");
  assert.equal(statusText({ ...file, playing: false }, true), "a.mp3 · paused");
  assert.equal(
    statusText({ ...file, trouble: "a.mp3 cannot be played" }, false),
    "a.mp3 cannot be played",
  );
  const silence = { kind: "silence", name: "", playing: false, trouble: "" } as const;
  assert.match(statusText(silence, true), /silence/);
});
