// The run at a glance: how it stands, how far it is, when it will be done, what is wrong.

import { element, setText } from "../page/elements.ts";
import { fill, make, setShare } from "./build.ts";
import type { Told } from "./told.ts";
import { count, gigabytes, moment, nameOf, percent, rate, span } from "./words.ts";

const LOOKS: Readonly<Record<string, string>> = {
  running: "busy",
  complete: "good",
  failed: "bad",
  "broken off": "bad",
  interrupted: "warn",
  "time over": "warn",
};

const STAGES: Readonly<Record<string, string>> = {
  eval: "sampling",
  eval_done: "sampling is over",
  trained: "trained",
  scored: "scored",
  verified_or_running: "verified, or being verified",
};

const ALERTS: Readonly<Record<string, string>> = {
  webgl_swiftshader: "Drawn on the CPU",
  software_renderer: "No GPU draws",
  eval_stale: "Nothing new",
  run_failed: "The run failed",
  driver_gone: "The writer died",
  audio_silent: "Silence",
  audio_deaf: "Deaf to the music",
  pair_not_changing: "One and the same pair",
  pictures_contradict: "Pictures contradict rows",
  disk_full: "Disk nearly full",
  failure_rate: "Many failures",
  worker_lost: "Browsers are lost",
  std_collapse: "Scores collapsed",
  data_too_dark: "Nearly all too dark",
  data_low_motion: "Nearly all still",
  rate_dropping: "Getting slower",
  bad_lines: "Lines that are none",
};

/** How far a run is, in pairs; the target is null where nobody knows it. */
export function coverage({ packs }: Told): { done: number; target: number | null } {
  const done = packs.reduce((sum, pack) => sum + pack.numVisited, 0);
  const isKnown = packs.length > 0 && packs.every(({ numTarget }) => numTarget !== null);
  const target = packs.reduce((sum, pack) => sum + (pack.numTarget ?? 0), 0);
  return { done, target: isKnown ? target : null };
}

export class Summary {
  #told: Told | null = null;

  show(told: Told): void {
    this.#told = told;
    const standing = told.standing ?? "no run";
    const pill = element("pill", HTMLElement);
    setText(pill, standing);
    pill.className = `pill ${LOOKS[standing] ?? ""}`;
    setText(element("stage", HTMLElement), STAGES[told.stage] ?? "");
    setText(element("name", HTMLElement), headOf(told));
    this.#showCoverage(told);
    this.#showAlerts(told);
    this.tick();
  }

  /** Shows what changes with time alone. */
  tick(): void {
    const told = this.#told;
    if (told === null) return;
    const now = new Date();
    setText(element("when", HTMLElement), whenOf(told, now));
    setText(element("eta", HTMLElement), etaOf(told, now));
    this.#showFacts(told, now);
  }

  #showCoverage(told: Told): void {
    element("coverage", HTMLElement).hidden = told.run === null;
    const { done, target } = coverage(told);
    const share = target ? Math.min(1, done / target) : 0;
    setText(element("share", HTMLElement), target ? percent(share) : count(done));
    const counted = target ? `${count(done)} of ${count(target)} pairs` : "pairs";
    const reading = told.readShare < 1 ? `, reading: ${percent(told.readShare)}` : "";
    setText(element("counted", HTMLElement), told.run === null ? "" : counted + reading);
    const bar = element("bar", HTMLElement);
    setShare(bar, share);
    bar.setAttribute("aria-valuenow", (100 * share).toFixed(0));
    bar.setAttribute("aria-valuetext", counted);
    const isAlarmed = told.alerts.some(({ level }) => level === "error");
    const progress = target ? percent(share) : standingOf(told);
    document.title = `${isAlarmed ? "! " : ""}${progress} ${told.run?.id ?? ""} - AIVJ`;
  }

  #showFacts(told: Told, now: Date): void {
    const facts: [string, string, string][] = [
      told.standing === "running"
        ? ["Pairs a minute", rate(told.ratePerMin), `${rate(told.overallPerMin)} since it began`]
        : ["Pairs a minute", rate(told.overallPerMin), "while it went on"],
      [
        "In order",
        told.okShare === null ? "-" : percent(told.okShare),
        `${count(told.numRows)} rows`,
      ],
      ["Failed", count(told.numFailures), Object.keys(told.failures).slice(0, 2).join(", ")],
      ["Last row", told.lastRowAt === null ? "-" : agoOf(told.lastRowAt, now), "ago"],
      [
        "Browsers replaced",
        count(told.workers.numReplaced),
        `${count(told.workers.numOpened)} opened`,
      ],
    ];
    if (told.disk !== null) {
      const { freeBytes, totalBytes } = told.disk;
      facts.push(["Disk free", gigabytes(freeBytes), `of ${gigabytes(totalBytes)}`]);
    }
    const shown = told.run === null ? [] : facts;
    fill(element("facts", HTMLElement), shown, () =>
      shown.map(([name, value, detail]) =>
        make(
          "div",
          {},
          make("dt", {}, name),
          make("dd", {}, value, make("small", { class: "detail" }, detail || " ")),
        ),
      ),
    );
  }

  #showAlerts({ alerts, run }: Told): void {
    fill(element("alerts", HTMLElement), [alerts, run === null], () => {
      if (alerts.length === 0) {
        const text = run === null ? "Nothing to watch: `aivj sample` makes a run." : "None.";
        return [make("li", { class: "none" }, text)];
      }
      return alerts.map(({ level, kind, message }) =>
        make(
          "li",
          { class: level },
          make("span", { class: "what" }, ALERTS[kind] ?? kind),
          make("span", {}, message),
        ),
      );
    });
  }
}

function headOf({ packs, run }: Told): string {
  if (run === null) return "No run yet";
  return packs.map(({ pack }) => pack).join(", ") || nameOf(run.id);
}

function standingOf({ standing }: Told): string {
  return standing ?? "no run";
}

function agoOf(at: string, now: Date): string {
  return span((now.getTime() - Date.parse(at)) / 1000);
}

function whenOf(told: Told, now: Date): string {
  const { run, startedAt, finishedAt, renderer, rendererClass, driver } = told;
  const parts: string[] =
    run === null ? [] : [nameOf(run.id)].filter((name) => name !== headOf(told));
  if (startedAt !== null) {
    const end = finishedAt === null ? now : new Date(finishedAt);
    const length = span((end.getTime() - Date.parse(startedAt)) / 1000);
    parts.push(`since ${moment(new Date(startedAt), now)}, ${length}`);
  }
  if (driver !== null) parts.push(`${driver} driver`);
  const drawn = renderer ?? rendererClass;
  if (drawn !== null) parts.push(drawn);
  return parts.join(" · ");
}

function etaOf({ etaS, standing, finishedAt }: Told, now: Date): string {
  if (etaS !== null && etaS > 0) {
    return `done in about ${span(etaS)}, at ${moment(new Date(now.getTime() + etaS * 1000), now)}`;
  }
  if (finishedAt !== null) return `ended at ${moment(new Date(finishedAt), now)}`;
  return standing === "running" ? "no rate yet to tell the end by" : "";
}
