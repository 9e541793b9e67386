// The panels at the side: one is open at a time, or none.

import { element } from "./elements.ts";

export const PANEL_NAMES = ["library", "sound", "look", "help"] as const;
export type PanelName = (typeof PANEL_NAMES)[number];

export class Panels {
  readonly #onOpen: (name: PanelName) => void;
  #open: PanelName | null = null;

  /** `onOpen` is called when a panel is about to be seen. */
  constructor(onOpen: (name: PanelName) => void) {
    this.#onOpen = onOpen;
    for (const name of PANEL_NAMES) {
      this.#button(name).addEventListener("click", () => this.toggle(name));
    }
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
      element(`${each}-panel`, HTMLElement).hidden = each !== name;
      this.#button(each).setAttribute("aria-expanded", String(each === name));
    }
  }

  #button(name: PanelName): HTMLButtonElement {
    return element(`${name}-toggle`, HTMLButtonElement);
  }
}
