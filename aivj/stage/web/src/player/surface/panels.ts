// The panels at the side: one is open at a time, or none.

import { element } from "../../page/elements.ts";

const PANEL_NAMES = ["library", "sound", "look", "help"] as const;
type PanelName = (typeof PANEL_NAMES)[number];

export class Panels {
  readonly #onOpen: (name: PanelName) => void;
  /** Laid out while its panel is closed, for programs alone; see player.css. */
  readonly #presets = element("preset-select", HTMLSelectElement);
  #open: PanelName | null = null;

  /** `onOpen` is called when a panel is about to be seen. */
  constructor(onOpen: (name: PanelName) => void) {
    this.#onOpen = onOpen;
    for (const name of PANEL_NAMES) {
      this.#button(name).addEventListener("click", () => this.toggle(name));
    }
    this.#presets.addEventListener("focus", () => {
      if (this.#open !== "library") this.#presets.blur();
    });
    for (const close of document.querySelectorAll(".panel-close")) {
      close.addEventListener("click", () => this.close());
    }
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  toggle(name: PanelName): void {
    if (this.#open === name) this.close();
    else this.open(name);
  }

  open(name: PanelName): void {
    this.#onOpen(name);
    this.#show(name);
  }

  close(): void {
    this.#show(null);
  }

  #show(name: PanelName | null): void {
    this.#open = name;
    for (const each of PANEL_NAMES) {
      const panel = element(`${each}-panel`, HTMLElement);
      if (each !== name) leave(panel);
      panel.hidden = each !== name;
      this.#button(each).setAttribute("aria-expanded", String(each === name));
    }
    this.#presets.tabIndex = name === "library" ? 0 : -1;
    this.#presets.ariaHidden = name === "library" ? null : "true";
  }

  #button(name: PanelName): HTMLButtonElement {
    return element(`${name}-toggle`, HTMLButtonElement);
  }
}

/** Takes the focus away, at once: a hidden control would keep it until the next frame, and keys with it. */
function leave(panel: HTMLElement): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && panel.contains(focused)) focused.blur();
}
