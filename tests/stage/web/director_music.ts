// Music made for tests: pads, a build, techno, something like rock, and silence.

import { SAMPLE_RATE_HZ } from "../../../aivj/stage/web/src/render/clip.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";

export type Style = "ambient" | "build" | "techno" | "rock" | "silence";

/** What is played from one time to the next. */
export interface Part {
  readonly style: Style;
  readonly startS: number;
  readonly endS: number;
}

const BPM = { techno: 128, rock: 110 };
const WINDOW = 1024;

/** Plays parts one after the other, as the page would hear them. */
export class Player {
  readonly #parts: readonly Part[];
  readonly #loops = new Map<Style, Float32Array>();

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    const stream = new RandomStream(1);
    for (const { style } of parts) {
      if (!this.#loops.has(style))
        this.#loops.set(
          style,
          loopOf(style, () => 2 * stream.next() - 1),
        );
    }
  }

  partAt(timeS: number): Part | undefined {
    return this.#parts.find(({ startS, endS }) => timeS >= startS && timeS < endS);
  }

  /** The 1,024 samples that end at a time. */
  windowAt(timeS: number): Float32Array {
    const window = new Float32Array(WINDOW);
    const part = this.partAt(timeS);
    const loop = part && this.#loops.get(part.style);
    if (part === undefined || loop === undefined) return window;
    const end = Math.round((timeS - part.startS) * SAMPLE_RATE_HZ);
    for (let n = 0; n < WINDOW; n++) {
      const at = end - WINDOW + n;
      if (at >= 0) window[n] = loop[at % loop.length] as number;
    }
    return window;
  }
}

function loopOf(style: Style, noise: Noise): Float32Array {
  if (style === "ambient") return pads(16, 0.06);
  if (style === "build") return build(noise);
  if (style === "techno") return techno(noise);
  return style === "rock" ? rock(noise) : new Float32Array(WINDOW);
}

type Noise = () => number;

function seconds(durationS: number): Float32Array {
  return new Float32Array(Math.round(durationS * SAMPLE_RATE_HZ));
}

/** Adds a sound; what is longer than the loop goes on at its beginning. */
function add(
  loop: Float32Array,
  startS: number,
  durationS: number,
  sound: (timeS: number) => number,
): void {
  const start = Math.round(startS * SAMPLE_RATE_HZ);
  for (let n = 0; n < durationS * SAMPLE_RATE_HZ; n++) {
    const at = (start + n) % loop.length;
    loop[at] = (loop[at] as number) + sound(n / SAMPLE_RATE_HZ);
  }
}

function sine(frequencyHz: number, timeS: number): number {
  return Math.sin(2 * Math.PI * frequencyHz * timeS);
}

function saw(frequencyHz: number, timeS: number): number {
  return 2 * ((frequencyHz * timeS) % 1) - 1;
}

/** Chords that swell and fade into each other. */
function pads(durationS: number, level: number): Float32Array {
  const loop = seconds(durationS);
  const chords = [
    [110, 165, 220],
    [98, 147, 247],
    [131, 196, 330],
    [87, 131, 262],
  ];
  const lengthS = durationS / chords.length;
  for (const [index, chord] of chords.entries()) {
    const swell = (timeS: number) => Math.sin((Math.PI * timeS) / (2 * lengthS)) ** 2;
    add(loop, index * lengthS, 2 * lengthS, (timeS) => {
      return (level / 2) * swell(timeS) * chord.reduce((sum, hz) => sum + sine(hz, timeS), 0);
    });
  }
  return loop;
}

function kick(level: number): (timeS: number) => number {
  return (timeS) => {
    const phase = 50 * timeS + 110 * 0.03 * (1 - Math.exp(-timeS / 0.03));
    return level * Math.sin(2 * Math.PI * phase) * Math.exp(-timeS / 0.1);
  };
}

/** Noise that dies away; of a hiss the lows are left out. */
function burst(level: number, decayS: number, noise: Noise, hiss: boolean): (t: number) => number {
  let before = 0;
  return (timeS) => {
    const sample = noise();
    const heard = hiss ? sample - before : sample;
    before = sample;
    return level * heard * Math.exp(-timeS / decayS);
  };
}

function techno(noise: Noise): Float32Array {
  const beatS = 60 / BPM.techno;
  const loop = seconds(16 * beatS);
  for (let beat = 0; beat < 16; beat++) {
    add(loop, beat * beatS, 0.35, kick(0.7));
    add(loop, (beat + 0.5) * beatS, 0.1, burst(0.12, 0.025, noise, true));
    if (beat % 2 === 1) add(loop, beat * beatS, 0.2, burst(0.12, 0.05, noise, false));
    for (const step of [0.25, 0.5, 0.75]) {
      add(
        loop,
        (beat + step) * beatS,
        0.11,
        (timeS) => 0.22 * saw(55, timeS) * Math.exp(-timeS / 0.08),
      );
    }
  }
  return loop;
}

/** A kick that grows under pads and rising noise. */
function build(noise: Noise): Float32Array {
  const beatS = 60 / BPM.techno;
  const loop = pads(64 * beatS, 0.06);
  for (let beat = 0; beat < 64; beat++) {
    add(loop, beat * beatS, 0.35, kick(0.1 + (0.4 * beat) / 64));
    add(loop, (beat + 0.5) * beatS, 0.1, burst((0.06 * beat) / 64, 0.03, noise, true));
  }
  return loop;
}

/** Chords of distorted guitars over drums that push and drag. */
function rock(noise: Noise): Float32Array {
  const beatS = 60 / BPM.rock;
  const loop = seconds(16 * beatS);
  const roots = [82.4, 110, 98, 123.5];
  for (let beat = 0; beat < 16; beat++) {
    const dragS = 0.012 * noise();
    const drum = beat % 2 === 0 ? kick(0.35) : burst(0.25, 0.08, noise, false);
    add(loop, beat * beatS + Math.max(0, dragS), 0.3, drum);
    for (const half of [0, 0.5]) {
      add(loop, (beat + half) * beatS, 0.25, burst(0.07, 0.08, noise, true));
      const root = roots[Math.floor(beat / 4)] as number;
      const chord = (t: number) => saw(root, t) + saw(1.5 * root, t) + saw(2.003 * root, t);
      add(loop, (beat + half) * beatS, 0.5 * beatS, (timeS) => {
        return 0.22 * Math.tanh(2.5 * chord(timeS)) * (0.5 + 0.5 * Math.exp(-timeS / 0.12));
      });
    }
  }
  return loop;
}
