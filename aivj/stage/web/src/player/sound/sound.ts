// What plays, and what the presets hear of it: files, a microphone, another tab, or the groove.

import { messageOf } from "../../ground/errors.ts";
import { DemoMusic } from "./demo.ts";
import { SoundGraph } from "./graph.ts";
import { Playlist, type Track } from "./playlist.ts";
import type { SoundWindow } from "./window.ts";

type SoundKind = "silence" | "demo" | "file" | "microphone" | "tab";

export interface SoundState {
  readonly kind: SoundKind;
  /** Of the track or device; empty without one. */
  readonly name: string;
  /** Whether it goes on. The groove is heard by the presets even when it is not played aloud. */
  readonly playing: boolean;
  /** Why the last thing asked for did not come to pass; empty if it did. */
  readonly trouble: string;
}

const LIVE_SETTINGS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
/** Browsers share sound only beside a picture; nobody looks at it. */
const UNSEEN = { width: 16, height: 16, frameRate: 1 };

export class Sound {
  readonly #demoAllowed: () => boolean;
  readonly #playlist: Playlist;
  #graph: SoundGraph | null = null;
  #files: AudioNode | null = null;
  #demo: DemoMusic | null = null;
  #stream: MediaStream | null = null;
  #kind: SoundKind = "silence";
  #aloud = false;
  #trouble = "";
  #volume01 = 1;

  /** `demoAllowed` is asked each time. */
  constructor(demoAllowed: () => boolean) {
    this.#demoAllowed = demoAllowed;
    this.#playlist = new Playlist((message) => this.#report(message));
  }

  get state(): SoundState {
    const kind = this.#kind === "demo" && !this.#demoAllowed() ? "silence" : this.#kind;
    const name =
      kind === "file" ? this.#playlist.name : (this.#stream?.getTracks()[0]?.label ?? "");
    return { kind, name, playing: this.#isPlaying(kind), trouble: this.#trouble };
  }

  set volume01(volume01: number) {
    this.#volume01 = volume01;
    if (this.#graph !== null) this.#graph.volume01 = volume01;
  }

  /** Takes the groove, unheard by people, until something else is chosen. */
  async offerDemo(url: string): Promise<void> {
    try {
      this.#demo = await DemoMusic.fetch(url);
    } catch (error) {
      this.#report(`there is no groove: ${messageOf(error)}`);
      return;
    }
    if (this.#kind === "silence") this.#become("demo");
  }

  /** Plays tracks, from the first one on. */
  async play(tracks: readonly Track[]): Promise<void> {
    if (tracks.length === 0) return;
    this.#playlist.load(tracks);
    this.#become("file");
    await this.#attempt(() => this.#playAloud());
  }

  /** Listens to the microphone, or to what the person shares: a tab, a window, the screen. */
  async listen(kind: "microphone" | "tab"): Promise<void> {
    await this.#attempt(async () => {
      const stream = await (kind === "microphone" ? microphone() : sharedSound());
      this.#become(kind);
      this.#stream = stream;
      for (const track of stream.getAudioTracks()) {
        track.addEventListener("ended", () => this.#stream === stream && this.#fallBack());
      }
      const graph = this.#openGraph();
      graph.connect(graph.stream(stream), false);
      await graph.start();
    });
  }

  /** Plays what is there, or pauses it; stops listening. */
  async toggle(): Promise<void> {
    const { kind, playing } = this.state;
    if (kind === "microphone" || kind === "tab") return this.#fallBack();
    if (kind === "silence") return this.#report("choose music first");
    if (!playing) return this.#attempt(() => this.#playAloud());
    this.#playlist.pause();
    this.#aloud = false;
    if (kind === "demo") this.#graph?.connect(null, false);
  }

  /** Writes the last samples, at a time of `performance.now()`. */
  read(nowMs: number, window: SoundWindow): void {
    const { kind, playing } = this.state;
    if (kind === "demo" && !playing) this.#demo?.read(nowMs, window);
    else if (kind !== "silence" && playing && this.#graph !== null) this.#graph.read(window);
    else for (const samples of [window.mono, window.left, window.right]) samples.fill(0);
  }

  #isPlaying(kind: SoundKind): boolean {
    if (kind === "silence") return false;
    if (kind === "demo") return this.#aloud;
    return kind !== "file" || this.#playlist.playing;
  }

  async #playAloud(): Promise<void> {
    const graph = this.#openGraph();
    await graph.start();
    if (this.#kind === "file") {
      this.#files ??= graph.element(this.#playlist.element);
      graph.connect(this.#files, true);
      await this.#playlist.play();
    } else if (this.#demo !== null) {
      graph.connect(graph.loop(...this.#demo.channels()), true);
      this.#aloud = true;
    }
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    this.#report("");
    try {
      await action();
    } catch (error) {
      this.#report(messageOf(error));
    }
  }

  #become(kind: SoundKind): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#playlist.pause();
    this.#graph?.connect(null, false);
    this.#aloud = false;
    this.#kind = kind;
  }

  #fallBack(): void {
    this.#become(this.#demo === null ? "silence" : "demo");
  }

  #openGraph(): SoundGraph {
    this.#graph ??= new SoundGraph();
    this.#graph.volume01 = this.#volume01;
    return this.#graph;
  }

  #report(trouble: string): void {
    this.#trouble = trouble;
  }
}

async function microphone(): Promise<MediaStream> {
  return await navigator.mediaDevices.getUserMedia({ audio: LIVE_SETTINGS });
}

async function sharedSound(): Promise<MediaStream> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    audio: LIVE_SETTINGS,
    video: UNSEEN,
  });
  if (stream.getAudioTracks().length > 0) return stream;
  for (const track of stream.getTracks()) track.stop();
  throw new Error("nothing was shared that sounds: tick 'share audio' when you choose");
}
