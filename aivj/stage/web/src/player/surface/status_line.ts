// What the player does and what it shows, in words; and what went wrong, so that nobody misses it.

import { element, setText } from "../../page/elements.ts";
import type { NowPlaying, Status } from "../programme.ts";

type Kind = "idle" | "busy" | "failed";

export class StatusLine implements Status {
  readonly #status = element("preset-status", HTMLElement);
  readonly #title = element("pair-title", HTMLElement);
  readonly #below = element("pair-below", HTMLElement);
  readonly #detail = element("pair-detail", HTMLElement);
  readonly #notice = element("notice", HTMLElement);
  readonly #noticeText = element("notice-text", HTMLElement);
  readonly #noticeDetail = element("notice-detail", HTMLElement);
  readonly #next = element("preset-next", HTMLButtonElement);

  constructor() {
    element("notice-close", HTMLButtonElement).addEventListener("click", () => this.#dismiss());
  }

  work(text: string): void {
    this.#say(text, "busy");
  }

  rest(text: string): void {
    this.#dismiss();
    this.#say(text, "idle");
  }

  fail(text: string, detail: string): void {
    this.#say(text, "failed");
    setText(this.#noticeText, text);
    setText(this.#noticeDetail, detail);
    this.#notice.hidden = false;
  }

  show({ names, quality01, why, degradedReasons }: NowPlaying): void {
    setText(this.#title, names.fg);
    setText(this.#below, `over ${names.bg}`);
    const score = quality01 === null ? "no score" : `quality ${quality01.toFixed(3)}`;
    const degraded = degradedReasons.length > 0 ? [`degraded: ${degradedReasons.join("; ")}`] : [];
    setText(this.#detail, [score, why, ...degraded].join(" · "));
    document.body.dataset.playing = "yes";
  }

  /** The button waits while something loads. */
  #say(text: string, kind: Kind): void {
    setText(this.#status, text);
    document.body.dataset.status = kind;
    this.#next.disabled = kind === "busy";
  }

  #dismiss(): void {
    this.#notice.hidden = true;
  }
}
