// The line to the server: what is new arrives by itself, and a line that broke is taken up again.

import { isTold, type Told } from "./told.ts";

/** A second, then twice as long each time, and half a minute at most. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 30_000;

export type Link = "opening" | "live" | "lost";

export class Feed {
  #source: EventSource | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #timer = 0;
  #run = "";

  constructor(
    private readonly onTold: (told: Told) => void,
    private readonly onLink: (link: Link) => void,
  ) {
    document.addEventListener("visibilitychange", () => {
      // A phone in a pocket needs nothing.
      if (document.hidden) this.#close();
      else this.open(this.#run);
    });
  }

  /** Follows a run; the one touched last if none is named. */
  open(run: string): void {
    this.#close();
    this.#run = run;
    const query = run === "" ? "" : `?${new URLSearchParams({ run })}`;
    const source = new EventSource(`/api/events${query}`);
    this.#source = source;
    source.addEventListener("state", ({ data }) => {
      const told: unknown = JSON.parse(data);
      if (!isTold(told)) return;
      this.#pauseMs = FIRST_PAUSE_MS;
      this.onLink("live");
      this.onTold(told);
    });
    source.addEventListener("error", () => {
      this.#close();
      this.onLink("lost");
      this.#timer = window.setTimeout(() => this.open(this.#run), this.#pauseMs);
      this.#pauseMs = Math.min(MAX_PAUSE_MS, 2 * this.#pauseMs);
    });
  }

  #close(): void {
    window.clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }
}
