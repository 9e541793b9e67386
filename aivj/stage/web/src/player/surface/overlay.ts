// Why this is shown and not another: programme, music, machine, in figures. For who wants to know.

import type { AudioFeatures } from "../../director/audio_features.ts";
import type { Moment } from "../../director/autopilot.ts";
import { element, setText } from "../../page/elements.ts";

/** What stands in the overlay, by the ids of its rows. */
type OverlayRows = Readonly<Record<string, string>>;

export class Overlay {
  readonly #topology = element("decision-topology-overlay", HTMLElement);
  readonly #bars = element("overlay-bars", HTMLElement);

  get isOpen(): boolean {
    return !this.#topology.hidden;
  }

  toggle(): void {
    this.#topology.hidden = !this.#topology.hidden;
  }

  /** Fills in the figures; nothing is done while nobody looks. */
  show(rows: OverlayRows, bars: Readonly<Record<string, number>>): void {
    if (!this.isOpen) return;
    for (const [id, text] of Object.entries(rows)) setText(element(id, HTMLElement), text);
    for (const bar of this.#bars.children) {
      const value = bars[(bar as HTMLElement).dataset.name ?? ""] ?? 0;
      (bar as HTMLElement).style.setProperty("--level", value.toFixed(2));
    }
  }
}

/** What the music is, and what keeps presets from being changed by it. */
export function musicText(moment: Moment | null): string {
  if (moment === null) return "not heard yet";
  const { scene, section, closedGates } = moment;
  const gates = closedGates.length === 0 ? "open" : `closed: ${closedGates.join(", ")}`;
  return `${scene.scene} · ${section} · gates ${gates}`;
}

/** The tempo, and whether the director relies on it. */
export function beatText(
  features: Pick<AudioFeatures, "beatsPerMinute" | "beatTrusted"> | null,
): string {
  const beatsPerMinute = features?.beatsPerMinute ?? null;
  if (features === null || beatsPerMinute === null) return "none found";
  return `${beatsPerMinute.toFixed(0)} beats/min · ${features.beatTrusted ? "trusted" : "not trusted yet"}`;
}
