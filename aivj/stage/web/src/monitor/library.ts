// The page that shows what a library holds. Names of presets are anybody's text, never markup.

import { isObject } from "../ground/json.ts";
import { element, fillSelect, setText } from "../page/elements.ts";
import { make } from "./build.ts";
import { LIBRARY_PATH, wireTabs, wireTheme } from "./page_bar.ts";
import { count, figure } from "./words.ts";

const VERSION = 1;
const TYPING_MS = 200;
const FACETS = ["style", "energy", "quality", "failure"] as const;

interface Tile {
  readonly id: number;
  readonly relPath: string;
  readonly title: string;
  readonly author: string;
  readonly style: string;
  readonly energy: string;
  readonly quality: "ok" | "crash-safe" | "failed" | "not-probed";
  readonly reasons: readonly string[];
  readonly luma: number | null;
  readonly motion: number | null;
  readonly presetId: string | null;
  readonly hasPicture: boolean;
}

interface Choice {
  readonly key: string;
  readonly label: string;
  readonly count: number;
}

/** A page of the library: `aivj/contracts/library_page.py`, in the words of its JSON. */
interface Page {
  readonly source: string;
  readonly missing: string | null;
  readonly pack: string | null;
  readonly stylesFrom: string;
  readonly player: string | null;
  readonly notices: readonly string[];
  readonly numPresets: number;
  readonly numFound: number;
  readonly page: number;
  readonly numPages: number;
  readonly choices: Readonly<Record<"styles" | "energies" | "qualities" | "failures", Choice[]>>;
  readonly tiles: readonly Tile[];
}

const text = element("text", HTMLInputElement);
const pickers = FACETS.map((name) => ({ name, select: element(name, HTMLSelectElement) }));
const view = element("view", HTMLDialogElement);
const earlier = element("earlier", HTMLButtonElement);
const later = element("later", HTMLButtonElement);
let page = 1;
let numAsked = 0;
let typing: ReturnType<typeof setTimeout> | undefined;

function isPage(value: unknown): value is Page {
  return isObject(value) && value.version === VERSION;
}

function asked(): URLSearchParams {
  const query = new URLSearchParams();
  if (text.value !== "") query.set("text", text.value);
  for (const { name, select } of pickers) if (select.value !== "") query.set(name, select.value);
  if (page > 1) query.set("page", String(page));
  return query;
}

/** Asks for what is chosen; an answer that another question has overtaken is dropped. */
async function look(): Promise<void> {
  numAsked += 1;
  const turn = numAsked;
  const query = asked();
  history.replaceState(null, "", location.pathname + (query.size > 0 ? `?${query}` : ""));
  try {
    const response = await fetch(`/api/library?${query}`);
    const told: unknown = await response.json();
    if (turn === numAsked && isPage(told)) show(told);
  } catch {
    if (turn === numAsked) {
      setText(element("notice", HTMLElement), "The server does not answer: is it still there?");
    }
  }
}

function show(told: Page): void {
  page = told.page;
  const noun = told.numFound === 1 ? "preset" : "presets";
  const all = told.numFound === told.numPresets ? "" : ` of ${count(told.numPresets)}`;
  const isThere = told.missing === null;
  const found = `${count(told.numFound)}${all} ${noun}`;
  setText(element("found", HTMLElement), isThere ? found : "No library yet");
  setText(element("source", HTMLElement), told.source);
  for (const id of ["query", "pages"]) element(id, HTMLElement).hidden = !isThere;
  const notices = isThere ? [`Styles: ${told.stylesFrom}`, ...told.notices] : [];
  setText(element("notice", HTMLElement), notices.join("; "));
  const { styles, energies, qualities, failures } = told.choices;
  [styles, energies, qualities, failures].forEach((choices, place) => {
    const picker = pickers[place];
    if (picker !== undefined) offer(picker.select, choices);
  });
  const labels = new Map(styles.map(({ key, label }) => [key, label]));
  const tiles = told.tiles.map((tile) => tileOf(tile, told, labels.get(tile.style) ?? tile.style));
  const none = make("li", { class: "empty" }, told.missing ?? "No preset is like that.");
  element("presets", HTMLElement).replaceChildren(...(tiles.length > 0 ? tiles : [none]));
  setText(element("page", HTMLElement), `${told.page} of ${count(told.numPages)}`);
  earlier.disabled = told.page <= 1;
  later.disabled = told.page >= told.numPages;
}

function offer(select: HTMLSelectElement, choices: readonly Choice[]): void {
  const chosen = select.value;
  const options = choices.map(({ key, label, count: num }) => ({
    id: key,
    label: `${label} (${count(num)})`,
  }));
  fillSelect(select, [{ id: "", label: "any" }, ...options], chosen);
}

function tileOf(tile: Tile, told: Page, style: string): HTMLElement {
  const button = make(
    "button",
    { type: "button", class: `tile ${tile.quality === "failed" ? "bad" : ""}` },
    pictureOf(tile),
    make("b", {}, tile.title),
    make(
      "span",
      {},
      make("em", {}, tile.author || style),
      make("i", { class: `verdict ${toneOf(tile)}` }, verdictOf(tile)),
    ),
  );
  button.addEventListener("click", () => open(tile, told, style));
  return make("li", {}, button);
}

function open(tile: Tile, told: Page, style: string): void {
  element("view-picture", HTMLElement).replaceChildren(pictureOf(tile));
  setText(element("view-name", HTMLElement), tile.title);
  setText(element("view-path", HTMLElement), tile.relPath);
  const chips = tile.reasons.length > 0 ? tile.reasons : [verdictOf(tile)];
  const kind = toneOf(tile);
  element("view-verdict", HTMLElement).replaceChildren(
    ...chips.map((chip) => make("span", { class: `chip ${kind}` }, chip)),
  );
  const figures: [string, string][] = [
    ["Author", tile.author || "-"],
    ["Style", style || "-"],
    ["Energy", tile.energy],
    ["Brightness", figure(tile.luma)],
    ["Motion", figure(tile.motion)],
  ];
  element("view-figures", HTMLElement).replaceChildren(
    ...figures.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );
  element("view-play", HTMLElement).replaceChildren(...play(tile, told));
  view.showModal();
}

/** A link to the player that shows the preset, else what to type for one. */
function play({ presetId }: Tile, { pack, player }: Page): (Node | string)[] {
  if (pack === null || presetId === null) {
    return ["Not in a pack that is looked at: ", make("code", {}, "aivj library --pack NAME")];
  }
  if (player === null) return ["To play its pack: ", make("code", {}, `aivj serve --pack ${pack}`)];
  const query = new URLSearchParams({ presetLibrarySource: pack, preset: presetId });
  const link = { href: `${player}/?${query}`, target: "_blank", rel: "noopener noreferrer" };
  return [make("a", link, "Play it")];
}

/** How a verdict looks: nothing speaks against a preset that was not probed. */
function toneOf({ quality, reasons }: Tile): string {
  if (quality === "ok") return "good";
  return quality === "failed" || reasons.length > 0 ? "bad" : "plain";
}

function verdictOf({ quality, reasons }: Tile): string {
  if (quality === "ok") return "ok";
  return reasons[0] ?? (quality === "not-probed" ? "not probed" : quality);
}

function pictureOf({ id, hasPicture }: Tile): HTMLElement {
  if (!hasPicture) return make("div", { class: "picture no-picture" }, "no picture");
  const query = new URLSearchParams({ id: String(id) });
  const size = { width: "320", height: "180", loading: "lazy", decoding: "async" };
  return make("img", { class: "picture", src: `/api/library/picture?${query}`, alt: "", ...size });
}

function anew(): void {
  page = 1;
  void look();
}

function turn(step: number): void {
  page += step;
  void look().then(() => element("main", HTMLElement).focus());
}

text.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(anew, TYPING_MS);
});
for (const { select } of pickers) select.addEventListener("change", anew);
element("query", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  anew();
});
earlier.addEventListener("click", () => turn(-1));
later.addEventListener("click", () => turn(1));

wireTabs(location.pathname !== LIBRARY_PATH);
wireTheme();
const first = new URLSearchParams(location.search);
text.value = first.get("text") ?? "";
for (const { name, select } of pickers) {
  const key = first.get(name) ?? "";
  fillSelect(select, [{ id: key, label: key || "any" }], key);
}
page = Number(first.get("page") ?? "1") || 1;
void look();
