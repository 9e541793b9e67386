// The page that shows how a run stands, while it goes and after.

import { element, fillSelect, setText } from "../page/elements.ts";
import { Feed } from "./feed.ts";
import { showFigures } from "./figures.ts";
import { LineChart } from "./line_chart.ts";
import { LogView } from "./log_view.ts";
import { Outcome } from "./outcome.ts";
import { wireTabs, wireTheme } from "./page_bar.ts";
import { coverage, Summary } from "./summary.ts";
import type { Told } from "./told.ts";
import { Wall } from "./wall.ts";
import { moment, nameOf, percent, rate } from "./words.ts";

const LATEST = "";
const MINUTE_S = 60;
/** Rates that are shown: of shorter times there would be spikes. */
const NUM_RATES = 48;

const summary = new Summary();
const wall = new Wall();
const outcome = new Outcome();
const log = new LogView();
const coverageChart = new LineChart(
  element("coverage-chart", HTMLElement),
  [{ name: "coverage", colour: "--accent", isFilled: true }],
  true,
);
const rateChart = new LineChart(
  element("rate-chart", HTMLElement),
  [
    { name: "pairs", colour: "--accent" },
    { name: "failures", colour: "--bad" },
  ],
  true,
);
const picked = element("run", HTMLSelectElement);
let last: Told | null = null;

const feed = new Feed(show, (link) => {
  document.body.dataset.state = link;
  setText(element("link", HTMLElement), link);
});

function show(told: Told): void {
  last = told;
  showRuns(told);
  summary.show(told);
  wall.show(told);
  showCurves(told);
  showFigures(told);
  outcome.show(told);
  log.show(told);
}

function showRuns({ runs }: Told): void {
  const options = [
    { id: LATEST, label: runs.length > 0 ? "latest" : "none yet" },
    ...runs.map(({ id }) => ({ id, label: nameOf(id) })),
  ];
  const known = [...picked.options].map(({ text }) => text);
  if (known.join("\n") !== options.map(({ label }) => label).join("\n")) {
    fillSelect(picked, options, picked.value || (asked() ?? LATEST));
  }
}

function showCurves(told: Told): void {
  const { startS, widthS, rows, fresh, failures } = told.series;
  const { target } = coverage(told);
  const times = rows.map((_, place) => startS + (place + 1) * widthS);
  let sum = 0;
  const done = fresh.map((num) => {
    sum += num;
    return target ? (100 * sum) / target : sum;
  });
  const group = Math.ceil(rows.length / NUM_RATES);
  const perMinute = (nums: readonly number[]) =>
    groups(nums, group).map((part) => (sumOf(part) / (part.length * widthS)) * MINUTE_S);
  const now = new Date();
  const from = moment(new Date(startS * 1000), now);
  const end = target ? percent(Math.min(1, sum / target)) : `${sum} pairs`;
  coverageChart.show(
    [
      [startS, ...times],
      [0, ...done],
    ],
    `Coverage since ${from}: ${end} now`,
  );
  const overall = `${rate(told.overallPerMin)} a minute on average, ${rate(told.ratePerMin)} now`;
  rateChart.show(
    [groups(times, group).map((part) => part.at(-1) ?? 0), perMinute(rows), perMinute(failures)],
    `Pairs a minute: ${overall}`,
  );
}

function groups<T>(all: readonly T[], size: number): T[][] {
  const num = Math.ceil(all.length / Math.max(1, size));
  return Array.from({ length: num }, (_, place) => all.slice(place * size, (place + 1) * size));
}

function sumOf(nums: readonly number[]): number {
  return nums.reduce((sum, num) => sum + num, 0);
}

function asked(): string | null {
  return new URLSearchParams(location.search).get("run");
}

picked.addEventListener("change", () => {
  const query = picked.value === LATEST ? "/" : `/?${new URLSearchParams({ run: picked.value })}`;
  history.replaceState(null, "", query);
  feed.open(picked.value);
});

function recolour(): void {
  for (const chart of [coverageChart, rateChart]) chart.clear();
  outcome.recolour();
  if (last !== null) show(last);
}

wireTabs(false);
wireTheme(recolour);
setInterval(() => {
  if (!document.hidden) summary.tick();
}, 1000);
feed.open(asked() ?? LATEST);
