// The control surface hides itself, and the pointer with it, when nobody needs it.

import { element } from "../../page/elements.ts";
import type { Store } from "../shuffle.ts";

const PATIENCE_MS = 3500;
const HINTED_KEY = "aivj.controlsHinted";
const HINT_MS = 7000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "focusin"] as const;

export class IdleWatch {
  readonly #isNeeded: () => boolean;
  readonly #onRest: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `isNeeded`: something is open that shall not go away; `onRest` is called when all has gone. */
  constructor(isNeeded: () => boolean, onRest: () => void) {
    this.#isNeeded = isNeeded;
    this.#onRest = onRest;
    for (const sign of SIGNS_OF_LIFE) {
      document.addEventListener(sign, () => this.wake(), { passive: true });
    }
    this.wake();
  }

  wake(): void {
    document.body.dataset.idle = "no";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(), PATIENCE_MS);
  }

  #rest(): void {
    if (this.#isNeeded()) {
      this.wake();
      return;
    }
    document.body.dataset.idle = "yes";
    this.#onRest();
  }
}

/**
 * Says once in a browser that there are controls, when they hide for the first time. A program that
 * drives the page needs no hint in its pictures.
 */
export function hintOnce(store: Store): void {
  const hint = element("first-hint", HTMLElement);
  hint.hidden = navigator.webdriver || store.getItem(HINTED_KEY) !== null;
  if (hint.hidden) return;
  store.setItem(HINTED_KEY, "1");
  setTimeout(() => {
    hint.hidden = true;
  }, HINT_MS);
}
