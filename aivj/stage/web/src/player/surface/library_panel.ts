// Choosing by hand: a pack, something in it, or a favourite.

import { element, fillSelect, setText } from "../../page/elements.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Favourite, Favourites } from "../favourites.ts";
import type { Choice } from "../programme.ts";

interface LibraryActions {
  /** Plays another pack or library. */
  open(name: string): void;
  choose(choiceId: string): void;
  recall(favourite: Favourite): void;
}

/** More cannot be looked through; the filter finds the others. */
const MOST_SHOWN = 2000;

export class LibraryPanel {
  readonly #actions: LibraryActions;
  readonly #libraries = element("preset-library-select", HTMLSelectElement);
  readonly #presets = element("preset-select", HTMLSelectElement);
  readonly #filter = element("preset-filter", HTMLInputElement);
  readonly #count = element("preset-count", HTMLElement);
  readonly #favourites = element("favorites-panel", HTMLElement);
  readonly #favouriteCount = element("visual-favorite-count", HTMLElement);
  #choices: readonly Choice[] = [];
  #chosenId = "";

  constructor(actions: LibraryActions) {
    this.#actions = actions;
    this.#libraries.addEventListener("change", () => actions.open(this.#libraries.value));
    this.#presets.addEventListener("change", () => actions.choose(this.#presets.value));
    this.#filter.addEventListener("input", () => this.#fill());
  }

  /** Lists what the server has; `current` is played, and listed even if it is not there. */
  offer({ packs }: Catalogue, current: string): void {
    const named = packs.map(({ name, numPairs, numPresets }) => ({
      id: name,
      label: `${name} · ${numPairs !== null ? `${numPairs} pairs` : `${numPresets} presets`}`,
    }));
    const isListed = packs.some(({ name }) => name === current);
    const missing = { id: current, label: current === "" ? "choose ..." : `${current} · missing` };
    fillSelect(this.#libraries, isListed ? named : [missing, ...named], current);
  }

  /** Lists what can be chosen. */
  list(choices: readonly Choice[]): void {
    this.#choices = choices;
    this.#fill();
  }

  mark(choiceId: string): void {
    this.#chosenId = choiceId;
    this.#presets.value = choiceId;
  }

  showFavourites({ all }: Favourites): void {
    setText(this.#favouriteCount, all.length === 0 ? "" : String(all.length));
    const items = all.map((favourite) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = favourite.label;
      button.addEventListener("click", () => this.#actions.recall(favourite));
      return button;
    });
    const none = document.createElement("p");
    none.textContent = "None yet: F marks what is playing.";
    this.#favourites.replaceChildren(...(items.length > 0 ? items : [none]));
  }

  #fill(): void {
    const words = this.#filter.value.toLowerCase().split(/\s+/);
    const found = this.#choices.filter(({ label }) => {
      const text = label.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    fillSelect(this.#presets, found.slice(0, MOST_SHOWN), this.#chosenId);
    const shown = Math.min(found.length, MOST_SHOWN);
    setText(this.#count, `${shown} of ${this.#choices.length}`);
  }
}
