// Music from files, one after the other, over and over.

export interface Track {
  readonly name: string;
  readonly url: string;
}

export class Playlist {
  readonly element = new Audio();
  #tracks: readonly Track[] = [];
  #at = 0;
  #failures = 0;

  /** `onTrouble` is told when the browser can play none of them. */
  constructor(onTrouble: (message: string) => void) {
    this.element.addEventListener("playing", () => {
      this.#failures = 0;
    });
    this.element.addEventListener("ended", () => this.#open(this.#at + 1));
    this.element.addEventListener("error", () => this.#onError(onTrouble));
  }

  get name(): string {
    return this.#tracks[this.#at]?.name ?? "";
  }

  get playing(): boolean {
    return !this.element.paused;
  }

  /** Takes tracks in the place of those before; it does not play yet. */
  load(tracks: readonly Track[]): void {
    for (const { url } of this.#tracks) if (url.startsWith("blob:")) URL.revokeObjectURL(url);
    this.#tracks = tracks;
    this.#at = 0;
    this.#failures = 0;
    const [first] = tracks;
    if (first !== undefined) this.element.src = first.url;
  }

  /** Rejects when the browser still waits for a click; other faults are told by `onTrouble`. */
  async play(): Promise<void> {
    try {
      await this.element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") throw error;
    }
  }

  pause(): void {
    this.element.pause();
  }

  #open(index: number): void {
    this.#at = index % Math.max(1, this.#tracks.length);
    const track = this.#tracks[this.#at];
    if (track === undefined) return;
    this.element.src = track.url;
    this.play().catch(() => {});
  }

  #onError(onTrouble: (message: string) => void): void {
    this.#failures += 1;
    const reason = this.element.error?.message || "unknown format";
    if (this.#failures < this.#tracks.length) this.#open(this.#at + 1);
    else onTrouble(`${this.name} cannot be played: ${reason}`);
  }
}

/** Tracks of files that a person chose. */
export function tracksOf(files: Iterable<File>): Track[] {
  return Array.from(files, (file) => ({ name: file.name, url: URL.createObjectURL(file) }));
}
