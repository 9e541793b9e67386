// The buttons that are always there.

import { element, setText } from "../../page/elements.ts";
import type { AutoAdvance } from "../auto.ts";

interface DockActions {
  next(): void;
  hold(): void;
  favourite(): void;
  random(): void;
  fullscreen(): void;
}

export class Dock {
  readonly #auto: AutoAdvance;
  readonly #hold = element("preset-hold", HTMLButtonElement);
  readonly #favourite = element("visual-favorite", HTMLButtonElement);
  readonly #autoToggle = element("preset-auto-toggle", HTMLInputElement);
  readonly #countdown = element("preset-auto-left", HTMLElement);

  constructor(auto: AutoAdvance, actions: DockActions) {
    this.#auto = auto;
    const onClick = (id: string, action: () => void) =>
      element(id, HTMLButtonElement).addEventListener("click", action);
    onClick("preset-next", actions.next);
    onClick("preset-hold", actions.hold);
    onClick("visual-favorite", actions.favourite);
    onClick("visual-random", actions.random);
    onClick("fullscreen-toggle", actions.fullscreen);
    this.#autoToggle.checked = auto.enabled;
    this.#autoToggle.addEventListener("change", () => {
      auto.enabled = this.#autoToggle.checked;
    });
    const interval = element("preset-auto-interval", HTMLInputElement);
    interval.addEventListener("change", () => {
      auto.intervalS = Number(interval.value);
      interval.value = String(auto.intervalS);
    });
    const toolbar = element("toolbar", HTMLElement);
    const toggle = element("toolbar-toggle", HTMLButtonElement);
    toggle.addEventListener("click", () => {
      const isFolded = toolbar.classList.toggle("folded");
      toggle.setAttribute("aria-expanded", String(!isFolded));
    });
  }

  toggleAuto(): void {
    this.#autoToggle.checked = !this.#autoToggle.checked;
    this.#auto.enabled = this.#autoToggle.checked;
  }

  show(isFavourite: boolean, nowMs: number): void {
    this.#hold.setAttribute("aria-pressed", String(this.#auto.held));
    this.#favourite.setAttribute("aria-pressed", String(isFavourite));
    setText(this.#countdown, countdownText(this.#auto, nowMs));
  }
}

function countdownText(auto: AutoAdvance, nowMs: number): string {
  if (auto.held) return "held";
  const leftS = auto.leftS(nowMs);
  if (leftS !== null) return `${Math.ceil(leftS)} s`;
  return auto.enabled ? "" : "off";
}
