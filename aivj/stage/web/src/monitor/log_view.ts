// The end of a log, with what is looked for in it. Lines are text, whatever they hold.

import { element, fillSelect, setText } from "../page/elements.ts";
import { make } from "./build.ts";
import type { Told } from "./told.ts";

const NUM_LINES = 500;
const EVERY_MS = 5000;
const NEAR_END_PX = 40;

const NAMES: Readonly<Record<string, string>> = {
  evalvite: "sampling",
  evaljsonl: "rows",
  meta: "record",
  run: "night",
  monitor: "old monitor",
  watch: "watcher",
};

export class LogView {
  readonly #place = element("log", HTMLElement);
  readonly #kind = element("log-kind", HTMLSelectElement);
  readonly #find = element("log-find", HTMLInputElement);
  #run = "";
  #lines: readonly string[] = [];
  #shown = "";

  constructor() {
    // Whoever has a keyboard alone scrolls it by arrows.
    this.#place.tabIndex = 0;
    this.#kind.addEventListener("change", () => void this.#fetch());
    this.#find.addEventListener("input", () => this.#show());
    setInterval(() => {
      if (!document.hidden) void this.#fetch();
    }, EVERY_MS);
  }

  show({ run, logs }: Told): void {
    const kinds = ["evalvite", "run", "monitor", "watch", "evaljsonl", "meta"];
    const there = kinds.filter((kind) => logs.includes(kind));
    const known = [...this.#kind.options].map(({ value }) => value);
    const isOther = (run?.id ?? "") !== this.#run;
    if (!isOther && known.join() === there.join()) return;
    this.#run = run?.id ?? "";
    const options = there.map((id) => ({ id, label: NAMES[id] ?? id }));
    fillSelect(this.#kind, options, this.#kind.value || "evalvite");
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const kind = this.#kind.value;
    if (kind === "") {
      this.#lines = [];
      this.#show();
      return;
    }
    const query = new URLSearchParams({ kind, lines: String(NUM_LINES), run: this.#run });
    try {
      const response = await fetch(`/api/log?${query}`);
      const text = response.ok ? await response.text() : "";
      this.#lines = text === "" ? [] : text.split("\n");
    } catch {
      return; // The line to the server says that it is away.
    }
    this.#show();
  }

  #show(): void {
    const wanted = this.#find.value.trim().toLowerCase();
    const lines = this.#lines.filter((line) => line.toLowerCase().includes(wanted));
    const of = wanted === "" ? "lines" : `of ${this.#lines.length} lines`;
    setText(element("log-count", HTMLElement), `${lines.length} ${of}`);
    const key = `${wanted}\n${lines.join("\n")}`;
    if (key === this.#shown) return;
    this.#shown = key;
    const { scrollHeight, scrollTop, clientHeight } = this.#place;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    this.#place.replaceChildren(...lines.map((line) => lineOf(line, wanted)));
    if (isAtEnd) this.#place.scrollTop = this.#place.scrollHeight;
  }
}

function lineOf(line: string, wanted: string): HTMLElement {
  const look = /\b(FATAL|ERROR)\b|\[pageerror\]/.test(line)
    ? "error"
    : /WARN|RESTART|RECOVER|console\.error/.test(line)
      ? "warn"
      : "";
  const made = make("p", look === "" ? {} : { class: look });
  const start = wanted === "" ? -1 : line.toLowerCase().indexOf(wanted);
  if (start < 0) {
    made.textContent = line || " ";
    return made;
  }
  const end = start + wanted.length;
  made.append(line.slice(0, start), make("mark", {}, line.slice(start, end)), line.slice(end));
  return made;
}
