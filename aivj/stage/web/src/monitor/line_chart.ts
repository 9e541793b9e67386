// Curves, drawn by uPlot in the colours of the page, and told in words to who cannot see them.

import uPlot from "uplot";
import { make } from "./build.ts";

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly isFilled?: boolean;
}

const HEIGHT_PX = 190;
const NARROW_PX = 520;
const X_AXIS_PX = 30;
const Y_AXIS_PX = 46;
/** What a time with its seconds takes. */
const TIME_PX = 76;

export class LineChart {
  #plot: uPlot | null = null;
  #key = "";

  constructor(
    private readonly place: HTMLElement,
    private readonly lines: readonly Line[],
    private readonly isOfTime: boolean,
  ) {
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(place);
  }

  /** Shows columns: the horizontal axis, then a column for each line; `told` is that in words. */
  show(columns: readonly (readonly (number | null)[])[], told: string): void {
    this.place.setAttribute("aria-label", told);
    if ((columns[0]?.length ?? 0) < 2) {
      this.clear();
      this.place.replaceChildren(make("p", { class: "quiet" }, "Nothing to draw yet."));
      return;
    }
    const data = columns.map((column) => [...column]) as uPlot.AlignedData;
    const key = JSON.stringify(columns.map((column) => [column.length, column.at(-1)]));
    if (this.#plot === null) {
      this.place.replaceChildren();
      this.#plot = new uPlot(this.#options(), data, this.place);
    } else if (key !== this.#key) {
      this.#plot.setData(data);
    }
    this.#key = key;
  }

  /** Takes the curves away; the next ones have the colours of the page by then. */
  clear(): void {
    this.#plot?.destroy();
    this.#plot = null;
  }

  #size(): { width: number; height: number } {
    const width = Math.max(160, this.place.clientWidth);
    return { width, height: innerWidth < NARROW_PX ? HEIGHT_PX - 30 : HEIGHT_PX };
  }

  #options(): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const probe = make("i");
    this.place.append(probe);
    const colour = (name: string) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const axis = {
      size: X_AXIS_PX,
      stroke: colour("--muted"),
      grid: { stroke: colour("--edge"), width: 1 },
      ticks: { show: false },
      font: `12px ${style.fontFamily || "sans-serif"}`,
    };
    const series = this.lines.map(({ name, colour: line, isFilled }) => ({
      label: name,
      stroke: colour(line),
      width: 2,
      points: { show: false },
      spanGaps: true,
      ...(isFilled ? { fill: withAlpha(colour(line)) } : {}),
    }));
    probe.remove();
    return {
      ...this.#size(),
      // Room for the last time, which stands at the edge.
      padding: [8, 30, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: this.isOfTime }, y: { range: (_plot, _low, high) => [0, high || 1] } },
      axes: [
        this.isOfTime ? { ...axis, space: TIME_PX, values: clockOf } : axis,
        { ...axis, size: Y_AXIS_PX },
      ],
      series: [{}, ...series],
    };
  }
}

function clockOf(_plot: uPlot, times: number[]): string[] {
  return times.map((s) => new Date(s * 1000).toLocaleTimeString("en-GB", timeStyle(times)));
}

function timeStyle(times: readonly number[]): Intl.DateTimeFormatOptions {
  const isShort = (times.at(-1) ?? 0) - (times[0] ?? 0) < 120;
  return { hour: "2-digit", minute: "2-digit", ...(isShort ? { second: "2-digit" } : {}) };
}

function withAlpha(colour: string): string {
  return colour.startsWith("rgb(")
    ? colour.replace("rgb(", "rgba(").replace(")", ", 0.16)")
    : colour;
}
