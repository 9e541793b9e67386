// The music: what presets hear of it, and, once a key was pressed, what people hear.

import type { AudioLevels } from "butterchurn";
import { Clip, SAMPLE_RATE_HZ } from "../render/clip.ts";

/** The time of the music, which both pictures and people follow. */
export class MusicClock {
  paused = false;
  #timeS = 0;
  #nowMs = 0;
  #begun: { readonly timeS: number; readonly cardS: number } | null = null;

  /** Seconds since the music began. */
  get timeS(): number {
    return this.#timeS;
  }

  /** The present moment is played aloud at `cardS` of the sound card's time. */
  follow(cardS: number): void {
    this.#begun = { timeS: this.#timeS, cardS };
  }

  /**
   * Goes on to `nowMs` of `performance.now()`. `cardS` is the sound card's time, null while it does
   * not play: it counts by a crystal of its own, and what is seen shall stay with what is heard.
   */
  advance(nowMs: number, cardS: number | null): void {
    const elapsedS = Math.max(0, nowMs - this.#nowMs) / 1000;
    this.#nowMs = nowMs;
    if (this.paused) return;
    if (cardS === null || this.#begun === null) this.#timeS += elapsedS;
    else this.#timeS = Math.max(0, this.#begun.timeS + cardS - this.#begun.cardS);
  }
}

export class Music {
  readonly #clip: Clip;
  readonly #durationS: number;
  readonly #clock = new MusicClock();
  #aloud: { readonly context: AudioContext; readonly volume: GainNode } | null = null;
  #muted = false;

  /** Planar mono, left and right, one byte a sample; it is looped. */
  constructor(planar: Uint8Array) {
    this.#clip = new Clip(planar);
    this.#durationS = planar.length / 3 / SAMPLE_RATE_HZ;
  }

  static async fetch(url: string): Promise<Music> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new Music(new Uint8Array(await response.arrayBuffer()));
  }

  get isPaused(): boolean {
    return this.#clock.paused;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  /** Call it once a frame, before anything hears. */
  advance(nowMs: number): void {
    const context = this.#aloud?.context;
    const isPlaying = context?.state === "running";
    this.#clock.advance(
      nowMs,
      isPlaying ? context.currentTime - (context.outputLatency || 0) : null,
    );
  }

  /** What presets hear now. */
  levels(): AudioLevels {
    return this.#clip.levels(this.#clock.timeS % this.#durationS);
  }

  /** Plays aloud; browsers allow it after the first click or key. `wav` is the same music. */
  async playAloud(wav: Promise<ArrayBuffer>): Promise<void> {
    const context = new AudioContext();
    const volume = new GainNode(context, { gain: this.#muted ? 0 : 1 });
    const buffer = await context.decodeAudioData(await wav);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.connect(volume).connect(context.destination);
    source.start(0, this.#clock.timeS % buffer.duration);
    this.#clock.follow(context.currentTime);
    this.#aloud = { context, volume };
    this.#obey();
  }

  togglePause(): void {
    this.#clock.paused = !this.#clock.paused;
    this.#obey();
  }

  toggleMute(): void {
    this.#muted = !this.#muted;
    if (this.#aloud !== null) this.#aloud.volume.gain.value = this.#muted ? 0 : 1;
  }

  /** Does not wait: where the browser lets nothing be heard, that would be for ever. */
  #obey(): void {
    const context = this.#aloud?.context;
    void (this.#clock.paused ? context?.suspend() : context?.resume());
  }
}
