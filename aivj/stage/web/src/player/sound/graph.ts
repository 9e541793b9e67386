// The Web Audio side: whatever plays is heard by the presets, and by people if it is meant for them.

import { SAMPLE_RATE_HZ, WINDOW } from "../../render/clip.ts";
import type { SoundWindow } from "./window.ts";

export class SoundGraph {
  readonly #context: AudioContext;
  readonly #heard: GainNode;
  readonly #volume: GainNode;
  readonly #analysers: readonly [mono: AnalyserNode, left: AnalyserNode, right: AnalyserNode];
  #source: AudioNode | null = null;

  /** Browsers let it start after the first click or key only. */
  constructor() {
    // Butterchurn takes its bands for this rate; the browser resamples.
    this.#context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ });
    // Two channels always: of a mono source both are the same.
    this.#heard = new GainNode(this.#context, { channelCount: 2, channelCountMode: "explicit" });
    this.#volume = new GainNode(this.#context);
    this.#volume.connect(this.#context.destination);
    const analyser = () =>
      new AnalyserNode(this.#context, { fftSize: WINDOW, smoothingTimeConstant: 0 });
    this.#analysers = [analyser(), analyser(), analyser()];
    const [mono, left, right] = this.#analysers;
    const splitter = new ChannelSplitterNode(this.#context, { numberOfOutputs: 2 });
    this.#heard.connect(mono);
    this.#heard.connect(splitter);
    splitter.connect(left, 0);
    splitter.connect(right, 1);
  }

  /** How loud people hear it, 0 to 1; the presets hear it as it is. */
  set volume01(volume01: number) {
    this.#volume.gain.value = volume01;
  }

  element(element: HTMLMediaElement): AudioNode {
    return new MediaElementAudioSourceNode(this.#context, { mediaElement: element });
  }

  stream(stream: MediaStream): AudioNode {
    return new MediaStreamAudioSourceNode(this.#context, { mediaStream: stream });
  }

  /** Two channels of samples, over and over. */
  loop(left: Float32Array<ArrayBuffer>, right: Float32Array<ArrayBuffer>): AudioNode {
    const buffer = new AudioBuffer({
      length: left.length,
      numberOfChannels: 2,
      sampleRate: SAMPLE_RATE_HZ,
    });
    buffer.copyToChannel(left, 0);
    buffer.copyToChannel(right, 1);
    const source = new AudioBufferSourceNode(this.#context, { buffer, loop: true });
    source.start();
    return source;
  }

  /** Puts a source in the place of the present one; null: nothing. */
  connect(source: AudioNode | null, audible: boolean): void {
    this.#source?.disconnect();
    this.#source = source;
    source?.connect(this.#heard);
    if (audible) source?.connect(this.#volume);
  }

  /** Rejects when the browser still waits for a click. */
  async start(): Promise<void> {
    const refused = new Promise<void>((_, reject) =>
      setTimeout(() => reject(new Error("the browser wants a click first")), 1000),
    );
    await Promise.race([this.#context.resume(), refused]);
  }

  read({ mono, left, right }: SoundWindow): void {
    this.#analysers[0].getFloatTimeDomainData(mono);
    this.#analysers[1].getFloatTimeDomainData(left);
    this.#analysers[2].getFloatTimeDomainData(right);
  }
}
