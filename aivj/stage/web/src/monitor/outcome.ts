// What was made of a run: curves of the fit, scores, verdicts, releases; and the machine.

import { element, setText } from "../page/elements.ts";
import { fill, make } from "./build.ts";
import { LineChart } from "./line_chart.ts";
import type { Told } from "./told.ts";
import { count, figure, moment } from "./words.ts";

const CURVES = [
  { name: "train_loss", colour: "--accent" },
  { name: "validation_loss", colour: "--second" },
  { name: "held_out_loss", colour: "--third" },
] as const;

export class Outcome {
  readonly #chart = new LineChart(element("training-chart", HTMLElement), CURVES, false);

  show(told: Told): void {
    this.#showTraining(told);
    this.#showMade(told);
    this.#showMachine(told);
  }

  /** Lets the next curves have the colours of the page by then. */
  recolour(): void {
    this.#chart.clear();
  }

  #showTraining({ training }: Told): void {
    const none = element("training-none", HTMLElement);
    const epochs = training[0]?.epochs ?? [];
    if (epochs.length < 2) {
      this.#chart.clear();
      element("training-chart", HTMLElement).replaceChildren();
      setText(none, "No fit since this run began.");
      return;
    }
    const columns = CURVES.map(({ name }) => {
      const curve = training.find((each) => each.name === name);
      return curve?.values ?? epochs.map(() => null);
    });
    const told = training.map(({ name, values }) => `${name} ${figure(values.at(-1) ?? null)}`);
    this.#chart.show([epochs, ...columns], `After ${epochs.length} epochs: ${told.join(", ")}`);
    fill(none, training, () => {
      const known = CURVES.filter(({ name }) => training.some((curve) => curve.name === name));
      const legend = known.map(({ name, colour }) => {
        const swatch = make("i");
        swatch.style.background = `var(${colour})`;
        const last = training.find((curve) => curve.name === name)?.values.at(-1) ?? null;
        return make("span", {}, swatch, `${name.replaceAll("_", " ")} ${figure(last)}`);
      });
      return [make("span", { class: "legend" }, ...legend)];
    });
  }

  #showMade({ scores, evidence }: Told): void {
    fill(element("made", HTMLElement), [scores, evidence], () => {
      const now = new Date();
      const rows = [
        ...scores.map(({ pack, isFresh, std, numScored, at }) =>
          madeRow(
            isFresh ? "scored" : "older scores",
            isFresh ? "good" : "",
            `${pack}: ${count(numScored)} pairs, deviation ${figure(std)}`,
            moment(new Date(at), now),
          ),
        ),
        ...evidence.map(({ kind, subject, verdict, told, at }) =>
          madeRow(
            `${kind} ${verdict === "pass" ? "passed" : "failed"}`,
            verdict === "pass" ? "good" : "bad",
            `${subject}: ${told}`,
            moment(new Date(at), now),
          ),
        ),
      ];
      return rows.length > 0
        ? rows
        : [make("li", { class: "quiet" }, "Nothing yet: neither scores, nor a verdict.")];
    });
  }

  #showMachine({ gpus, workers }: Told): void {
    fill(element("machine", HTMLElement), [gpus, workers], () => {
      const browsers = panel("Browsers", [
        ["opened", count(workers.numOpened)],
        ["replaced", count(workers.numReplaced)],
        ["replaced of late", count(workers.numReplacedLately)],
      ]);
      const cards = gpus.map((gpu) =>
        panel(gpu.name, [
          ["busy", unit(gpu.utilGpuPct, "%")],
          ["memory", `${unit(gpu.memUsedMb, "")} / ${unit(gpu.memTotalMb, " MB")}`],
          ["temperature", unit(gpu.tempC, " °C")],
          ["power", unit(gpu.powerW, " W")],
        ]),
      );
      const none = panel("GPUs", [["nvidia-smi", "sees none here"]]);
      return [browsers, ...(cards.length > 0 ? cards : [none])];
    });
  }
}

function madeRow(chip: string, look: string, text: string, at: string): HTMLElement {
  return make(
    "li",
    {},
    make("span", { class: `chip ${look}` }, chip),
    make("span", {}, text),
    make("small", {}, at),
  );
}

function panel(title: string, lines: readonly (readonly [string, string])[]): HTMLElement {
  const rows = lines.map(([name, value]) =>
    make("div", {}, make("b", {}, name), make("span", {}, value)),
  );
  return make(
    "div",
    { class: "panel" },
    make("h3", {}, title),
    make("div", { class: "bars" }, ...rows),
  );
}

function unit(value: number | null, name: string): string {
  return value === null ? "-" : `${count(value)}${name}`;
}
