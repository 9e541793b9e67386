// Choosing what plays, and seeing how loud it is.

import { element, fillSelect, setText } from "../../page/elements.ts";
import { DRIVE_NAMES, type Drive, isDriveName } from "../drive.ts";
import { type Track, tracksOf } from "../sound/playlist.ts";
import type { Sound, SoundState } from "../sound/sound.ts";

/** The bar is full at this loudness; music has some 0.1 of it before gain. */
const FULL_RMS = 0.25;

export class SoundPanel {
  readonly #sound: Sound;
  readonly #toggle = element("audio-toggle", HTMLButtonElement);
  readonly #status = element("audio-status", HTMLElement);
  readonly #level = element("audio-level", HTMLElement);
  readonly #music = element("music-select", HTMLSelectElement);
  #said = "";

  constructor(sound: Sound, drive: Drive) {
    this.#sound = sound;
    this.#toggle.addEventListener("click", () => sound.toggle());
    const file = element("audio-file", HTMLInputElement);
    file.addEventListener("change", () => sound.play(tracksOf(file.files ?? [])));
    const volume = element("audio-volume", HTMLInputElement);
    const setVolume = () => {
      sound.volume01 = Number(volume.value) / 100;
    };
    volume.addEventListener("input", setVolume);
    setVolume();
    const listenTo = (id: string, kind: "microphone" | "tab") =>
      element(id, HTMLButtonElement).addEventListener("click", () => sound.listen(kind));
    listenTo("audio-microphone", "microphone");
    listenTo("audio-mixxx-connect", "tab");
    const drives = element("audio-drive-preset", HTMLSelectElement);
    fillSelect(
      drives,
      DRIVE_NAMES.map((name) => ({ id: name, label: name })),
      drive.name,
    );
    drives.addEventListener("change", () => {
      if (isDriveName(drives.value)) drive.name = drives.value;
    });
  }

  /** Offers the music that the server has. */
  offer(tracks: readonly Track[]): void {
    const options = tracks.map(({ name }, index) => ({ id: String(index), label: name }));
    fillSelect(this.#music, [{ id: "", label: "Music of the server ..." }, ...options], "");
    this.#music.hidden = tracks.length === 0;
    this.#music.onchange = () => {
      const from = this.#music.value === "" ? tracks.length : Number(this.#music.value);
      this.#sound.play([...tracks.slice(from), ...tracks.slice(0, from)]);
    };
  }

  /**
   * Says what is heard, in the frame that it changes in; `silent`: nothing was for a while. Tells
   * whether the words are other ones now.
   */
  say(silent: boolean): boolean {
    const { state } = this.#sound;
    const [toggle, status] = [toggleText(state), statusText(state, silent)];
    const said = `${toggle} ${status}`;
    if (said === this.#said) return false;
    this.#said = said;
    setText(this.#toggle, toggle);
    setText(this.#status, status);
    this.#status.dataset.trouble = String(state.trouble !== "" || silent);
    return true;
  }

  /** Shows how loud it is. */
  show(rms: number): void {
    const share = Math.min(1, Math.sqrt(rms / FULL_RMS));
    this.#level.style.setProperty("--level", share.toFixed(2));
  }
}

/** Programs look for "play" in it: it is there when, and only when, pressing it plays. */
export function toggleText({ kind, playing }: SoundState): string {
  if (kind === "microphone" || kind === "tab") return "Stop";
  return playing ? "Pause" : "Play";
}

export function statusText({ kind, name, playing, trouble }: SoundState, silent: boolean): string {
  if (trouble !== "") return trouble;
  const source = {
    silence: "No music",
    demo: playing ? "Demo groove" : "Demo groove, unheard",
    file: name,
    microphone: name === "" ? "Microphone" : `Microphone: ${name}`,
    tab: "Another tab or program",
  }[kind];
  if (kind === "silence") return `${source}: the picture hears silence`;
  if (kind === "file" && !playing) return `${source} · paused`;
  return silent ? `${source} · silent` : source;
}
