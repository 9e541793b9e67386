// The status line and its button.

import type { ListedPair } from "./pack.ts";

export type StatusKind = "idle" | "busy" | "failed";

export class Panel {
  readonly #status = element("preset-status", HTMLElement);
  readonly #detail = element("pair-detail", HTMLElement);
  readonly #next = element("preset-next", HTMLButtonElement);

  constructor(onNext: () => void) {
    this.#next.addEventListener("click", onNext);
    document.addEventListener("keydown", (event) => {
      const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
      if (event.key.toLowerCase() === "n" && plain) this.#next.click();
    });
  }

  /** Says what happens; the button waits while that takes time. */
  say(text: string, kind: StatusKind = "idle"): void {
    this.#status.textContent = text;
    document.body.dataset.status = kind;
    this.#next.disabled = kind === "busy";
  }

  /** Says what to look at, in the second line. */
  explain(text: string): void {
    this.#detail.textContent = text;
  }

  /** Names the pair on the canvas, and why it does not look as it should. */
  showPair(listed: ListedPair, degradedReasons: readonly string[]): void {
    const { quality01, fgUrl = "", bgUrl = "" } = listed;
    const score = quality01 === undefined ? "no score" : `quality ${quality01.toFixed(3)}`;
    const names = `${presetName(fgUrl)} over ${presetName(bgUrl)}`;
    const degraded = degradedReasons.length > 0 ? [`degraded: ${degradedReasons.join("; ")}`] : [];
    this.explain([score, names, ...degraded].join(" · "));
  }
}

/** The element with an id that the page cannot do without. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

function presetName(url: string): string {
  const file = url.slice(url.lastIndexOf("/") + 1).replace(/\.milk$/, "");
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}
