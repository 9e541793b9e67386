// Distributions of the rows' figures, and counts by word.

import { element } from "../page/elements.ts";
import { draw, fill, make, setShare } from "./build.ts";
import type { Histogram, Told } from "./told.ts";
import { count, figure, figureName, percent } from "./words.ts";

const WIDTH = 320;
const HEIGHT = 88;
/** Figures of which too much is wrong, not too little. */
const FROM_ABOVE = new Set(["flashesPerS"]);

export function showFigures(told: Told): void {
  const known = told.histograms.filter(({ counts }) => counts.some((num) => num > 0));
  fill(element("histograms", HTMLElement), known, () =>
    known.length > 0
      ? known.map(histogram)
      : [make("p", { class: "empty" }, "No figures yet: the first row brings them.")],
  );
  showBars("reasons", told.reasons, told.numRows, "Every row is in order.");
  showBars("failures", told.failures, told.numRows + told.numFailures, "Nothing failed.");
}

function showBars(
  id: string,
  counts: Readonly<Record<string, number>>,
  total: number,
  none: string,
): void {
  fill(element(id, HTMLElement), [counts, total], () => {
    const entries = Object.entries(counts);
    if (entries.length === 0) return [make("p", { class: "quiet" }, none)];
    return entries.map(([name, num]) => {
      const bar = make("i");
      setShare(bar, num / Math.max(1, total));
      const told = `${count(num)}, ${percent(num / Math.max(1, total))}`;
      return make("div", {}, make("b", {}, name), make("span", {}, told), bar);
    });
  });
}

function histogram(told: Histogram): HTMLElement {
  const { name, low, high, isLog, counts, limit, numUnknown } = told;
  const most = Math.max(1, ...counts);
  const step = WIDTH / counts.length;
  const at = limit === null ? null : ((isLog ? Math.log10(limit) : limit) - low) / (high - low);
  const isOut = (place: number) => {
    if (at === null) return false;
    const middle = (place + 0.5) / counts.length;
    return FROM_ABOVE.has(name) ? middle > at : middle < at;
  };
  const columns = counts.map((num, place) => {
    const height = num === 0 ? 0 : Math.max(2, (num / most) * (HEIGHT - 4));
    return draw("rect", {
      x: (place * step + 0.5).toFixed(2),
      y: (HEIGHT - height).toFixed(2),
      width: (step - 1).toFixed(2),
      height: height.toFixed(2),
      class: isOut(place) ? "out" : "",
    });
  });
  if (at !== null) {
    const x = (at * WIDTH).toFixed(2);
    columns.push(draw("line", { x1: x, x2: x, y1: "0", y2: String(HEIGHT) }));
  }
  const end = (place: number) => figure(isLog ? 10 ** place : place);
  const unknown = numUnknown > 0 ? `, ${count(numUnknown)} rows without` : "";
  const total = counts.reduce((sum, num) => sum + num, 0);
  const label = `${figureName(name)} of ${count(total)} rows from ${end(low)} to ${end(high)}${unknown}`;
  return make(
    "figure",
    { class: "panel" },
    make("figcaption", {}, figureName(name)),
    draw(
      "svg",
      {
        class: "columns",
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": label,
      },
      ...columns,
    ),
    make(
      "p",
      { class: "ends" },
      make("span", {}, end(low)),
      make("span", {}, limit === null ? "" : `limit ${figure(limit)}`),
      make("span", {}, end(high)),
    ),
  );
}
