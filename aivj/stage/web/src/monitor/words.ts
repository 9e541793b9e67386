// Figures and times as people read them.

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;
const GIB = 1024 ** 3;

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A whole number, with its thousands. */
export function count(value: number): string {
  return whole.format(value);
}

/** A share of 0 to 1 in percent, and so that nearly all is not all. */
export function percent(share: number): string {
  const digits = share > 0.1 && share < 0.995 ? 0 : 1;
  if (share >= 1) return "100%";
  return `${Math.min(99.9, 100 * share).toFixed(digits)}%`;
}

/** What a run is called: its folder without those above. */
export function nameOf(run: string): string {
  return run.slice(run.lastIndexOf("/") + 1);
}

/** A figure in few digits, however small. */
export function figure(value: number | null): string {
  if (value === null) return "-";
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return value.toPrecision(3).replace(/\.?0+$/, "");
}

/** A rate in a minute. */
export function rate(perMinute: number): string {
  return perMinute >= 10 ? whole.format(perMinute) : perMinute.toFixed(1);
}

/** A span of time in its two largest units. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 2 * MINUTE_S) return `${s} s`;
  if (s < HOUR_S) return `${Math.round(s / MINUTE_S)} min`;
  if (s < 2 * DAY_S)
    return `${Math.floor(s / HOUR_S)} h ${Math.floor((s % HOUR_S) / MINUTE_S)} min`;
  return `${Math.floor(s / DAY_S)} d ${Math.floor((s % DAY_S) / HOUR_S)} h`;
}

/** A moment's time of day; with its date, where it is not today's. */
export function moment(at: Date, now: Date): string {
  const time = clock.format(at);
  return at.toDateString() === now.toDateString() ? time : `${day.format(at)}, ${time}`;
}

export function gigabytes(bytes: number): string {
  return `${whole.format(bytes / GIB)} GB`;
}

const FIGURES: Readonly<Record<string, string>> = {
  vizAvgLuma: "Brightness",
  vizAvgFrameDelta: "Motion",
  audioResponse: "Reactivity to music",
  flashesPerS: "Flashes a second",
};

/** What people call a figure of a row. */
export function figureName(key: string): string {
  return FIGURES[key] ?? key;
}
