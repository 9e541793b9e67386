// Sound that one preset after another hears from its start.

import type { AudioLevels } from "butterchurn";
import { lasting } from "../render/analysis.ts";
import { Clip } from "../render/clip.ts";

/** What a preset hears at a time, in s. */
export interface Sound {
  levels(timeS: number): AudioLevels;
}

const silence = lasting(Clip.silence());

export const SILENCE: Sound = { levels: () => silence };

/** A moment and its analysis are 11 KB. */
const MOST_MOMENTS = 512;
const MOST_RECORDINGS = 4;

/** A clip that keeps what it was asked for. */
export class Recording implements Sound {
  static readonly #fetched = new Map<string, Recording>();
  readonly #clip: Clip;
  readonly #moments = new Map<number, AudioLevels>();

  constructor(clip: Clip) {
    this.#clip = clip;
  }

  /** The clip of an address, whose content must not change as long as the document lives. */
  static async of(url: string): Promise<Recording> {
    const recording = Recording.#fetched.get(url) ?? new Recording(await Clip.fetch(url));
    // Moved to the end: the map's order is that of last use.
    Recording.#fetched.delete(url);
    Recording.#fetched.set(url, recording);
    for (const oldest of Recording.#fetched.keys()) {
      if (Recording.#fetched.size <= MOST_RECORDINGS) break;
      Recording.#fetched.delete(oldest);
    }
    return recording;
  }

  levels(timeS: number): AudioLevels {
    const known = this.#moments.get(timeS);
    if (known !== undefined) return known;
    const levels = this.#clip.levels(timeS);
    if (this.#moments.size < MOST_MOMENTS) this.#moments.set(timeS, lasting(levels));
    return levels;
  }
}
