// The show: one programme is played, and people or the music say what happens next.

import type { Favourite, Favourites } from "./favourites.ts";
import type { ChangeRequest, NowPlaying, PresetIds, Programme } from "./programme.ts";

/** What random choice showed last, and how often it was asked for. */
export interface RandomIds extends PresetIds {
  readonly n: number;
}

interface ShowParts {
  readonly favourites: Favourites;
  /** Opens a pack or library by its name. */
  readonly open: (name: string) => Promise<Programme>;
  /** Called when another programme is played. */
  readonly onProgramme: () => void;
  /** Called when something that was to be shown broke. */
  readonly onFailure: () => void;
}

export class Show {
  readonly #parts: ShowParts;
  #programme: Programme;
  #randomIds: RandomIds = { fg: "fg:unknown", bg: "bg:unknown", n: 0 };

  constructor(programme: Programme, parts: ShowParts) {
    this.#programme = programme;
    this.#parts = parts;
  }

  get programme(): Programme {
    return this.#programme;
  }

  get nowPlaying(): NowPlaying | null {
    return this.#programme.nowPlaying;
  }

  get randomIds(): RandomIds {
    return this.#randomIds;
  }

  get isFavourite(): boolean {
    const playing = this.nowPlaying;
    return playing !== null && this.#parts.favourites.has(this.#programme.name, playing.choiceId);
  }

  /** True when something else is shown; what fails stands in the status line. */
  async next(request: ChangeRequest): Promise<boolean> {
    return await this.#told(() => this.#programme.next(request));
  }

  async nextBackground(request: ChangeRequest): Promise<boolean> {
    return await this.#told(() => this.#programme.nextBackground(request));
  }

  async random(): Promise<void> {
    const shown = await this.#told(() => this.#programme.random({ reason: "random", asked: true }));
    const playing = this.nowPlaying;
    if (shown && playing !== null) {
      this.#randomIds = { ...playing.presetIds, n: this.#randomIds.n + 1 };
    }
  }

  async choose(choiceId: string): Promise<void> {
    await this.#told(() => this.#programme.choose(choiceId));
  }

  /** Plays another pack or library. */
  async open(name: string): Promise<void> {
    if (name === this.#programme.name) return;
    this.#programme = await this.#parts.open(name);
    await this.next({ reason: "opened" });
    this.#parts.onProgramme();
  }

  async recall({ programme, choiceId }: Favourite): Promise<void> {
    await this.open(programme);
    await this.choose(choiceId);
  }

  /** Marks what is shown as a favourite, or takes the mark away. */
  toggleFavourite(): void {
    const playing = this.nowPlaying;
    if (playing === null) return;
    const { name } = this.#programme;
    const label = `${playing.names.fg} over ${playing.names.bg}`;
    const { choiceId } = playing;
    const marked = this.#parts.favourites.toggle({ programme: name, choiceId, label });
    if (marked) this.#programme.note("favorite");
  }

  /** A failure stands in the status line; here it only must not end the show. */
  async #told(action: () => Promise<boolean>): Promise<boolean> {
    try {
      return await action();
    } catch (error) {
      console.warn("[aivj] not shown", error);
      this.#parts.onFailure();
      return false;
    }
  }
}
