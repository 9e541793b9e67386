// The last rows as pictures, each with its verdict; pressed, one opens with its figures.

import { element, setText } from "../page/elements.ts";
import { make } from "./build.ts";
import type { Tile, Told } from "./told.ts";
import { figure } from "./words.ts";

export class Wall {
  readonly #place = element("wall", HTMLElement);
  readonly #view = element("view", HTMLDialogElement);
  readonly #tiles = new Map<string, HTMLElement>();
  #hasShown = false;

  show({ wall, run }: Told): void {
    const runId = run?.id ?? "";
    const keys = wall.map(
      (tile) => `${runId} ${tile.pack} ${tile.pair} ${tile.tMs} ${tile.hasPicture}`,
    );
    for (const [key, tile] of this.#tiles) {
      if (keys.includes(key)) continue;
      tile.remove();
      this.#tiles.delete(key);
    }
    if (wall.length === 0) {
      this.#place.replaceChildren(make("li", { class: "empty" }, "No pair yet."));
      return;
    }
    const tiles = wall.map((tile, place) => this.#tile(keys[place] ?? "", tile, runId));
    // Moving what is where it belongs would take the focus away.
    const isInPlace = tiles.every((tile, place) => this.#place.children[place] === tile);
    if (!isInPlace || this.#place.children.length !== tiles.length) {
      this.#place.replaceChildren(...tiles);
    }
    this.#hasShown = true;
  }

  #tile(key: string, tile: Tile, run: string): HTMLElement {
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const verdict = verdictOf(tile);
    const button = make(
      "button",
      {
        type: "button",
        class: `tile ${tile.ok ? "" : "bad"} ${this.#hasShown ? "new" : ""}`,
        title: `${tile.pack}, pair ${tile.pair}`,
      },
      pictureOf(tile, run),
      make(
        "span",
        {},
        make("b", {}, String(tile.pair)),
        make("i", { class: `verdict ${tile.ok && !tile.flashUnsafe ? "good" : ""}` }, verdict),
      ),
    );
    button.addEventListener("click", () => this.#open(tile, run));
    const made = make("li", {}, button);
    this.#tiles.set(key, made);
    return made;
  }

  #open(tile: Tile, run: string): void {
    element("view-picture", HTMLElement).replaceChildren(pictureOf(tile, run));
    setText(element("view-name", HTMLElement), `${tile.pack}, pair ${tile.pair}`);
    const chips = tile.ok ? ["in order"] : tile.reasons;
    const all = tile.flashUnsafe ? [...chips, "flashes"] : chips;
    element("view-verdict", HTMLElement).replaceChildren(
      ...all.map((text) =>
        make("span", { class: `chip ${text === "in order" ? "good" : "bad"}` }, text),
      ),
    );
    const figures: [string, string][] = [
      ["Brightness", figure(tile.luma)],
      ["Motion", figure(tile.motion)],
      ["Reactivity", figure(tile.response)],
      ["Measured", new Date(tile.tMs).toLocaleTimeString("en-GB")],
    ];
    element("view-figures", HTMLElement).replaceChildren(
      ...figures.map(([name, value]) =>
        make("div", {}, make("dt", {}, name), make("dd", {}, value)),
      ),
    );
    this.#view.showModal();
  }
}

function verdictOf({ ok, reasons, flashUnsafe }: Tile): string {
  if (!ok) return reasons[0] ?? "not ok";
  return flashUnsafe ? "flashes" : "ok";
}

function pictureOf(tile: Tile, run: string): HTMLElement {
  if (!tile.hasPicture) return make("div", { class: "picture no-picture" }, "no picture");
  const query = new URLSearchParams({ run, pack: tile.pack, pair: String(tile.pair) });
  return make("img", {
    class: "picture",
    src: `/api/picture?${query}&t=${tile.tMs}`,
    alt: `Last frame of pair ${tile.pair}`,
    width: "320",
    height: "180",
    decoding: "async",
  });
}
