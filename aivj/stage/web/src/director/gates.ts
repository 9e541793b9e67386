// What must hold before a preset is switched without anybody asking.

import type { AudioFeatures } from "./audio_features.ts";
import { AUDIBLE_RMS } from "./input_level.ts";

export type LayerName = "foreground" | "background";

/** `hold`: a person or MIDI holds the picture. */
export type Gate = "hold" | "audio" | "beat" | "frame-time" | "cooldown";

/** What the gates look at in a frame. */
export interface GateInputs {
  readonly features: Pick<AudioFeatures, "rms" | "beatTrusted">;
  readonly nowMs: number;
  /** 95th percentile of what the page spends on a frame, in ms; null while nobody knows. */
  readonly frameP95Ms: number | null;
  readonly humanHold: boolean;
  readonly midiLock: boolean;
  /** Opens every gate but `hold`. */
  readonly forcedOpen: boolean;
}

/** All as the runtime has them. */
const NUM_AUDIBLE_FRAMES = 12;
const BEAT_TRUSTED_MS = 1_500;
const MAX_FRAME_P95_MS = 10.5;
const COOLDOWN_MS: Readonly<Record<LayerName, number>> = { foreground: 4_000, background: 30_000 };

export class Gates {
  #numAudibleFrames = 0;
  #trustedSinceMs: number | null = null;

  /** Goes on by a frame. */
  advance({ features, nowMs }: GateInputs): void {
    this.#numAudibleFrames = features.rms > AUDIBLE_RMS ? this.#numAudibleFrames + 1 : 0;
    if (!features.beatTrusted) this.#trustedSinceMs = null;
    else this.#trustedSinceMs ??= nowMs;
  }

  /** The gates that are closed to a layer that was switched at `switchedAtMs`. */
  closedTo(layer: LayerName, switchedAtMs: number, inputs: GateInputs): Gate[] {
    const { nowMs, frameP95Ms, forcedOpen } = inputs;
    const held = inputs.humanHold || inputs.midiLock;
    const trustedMs = this.#trustedSinceMs === null ? -1 : nowMs - this.#trustedSinceMs;
    const closed: [Gate, boolean][] = [
      ["hold", held],
      ["audio", !forcedOpen && this.#numAudibleFrames < NUM_AUDIBLE_FRAMES],
      ["beat", !forcedOpen && trustedMs < BEAT_TRUSTED_MS],
      ["frame-time", !forcedOpen && frameP95Ms !== null && frameP95Ms > MAX_FRAME_P95_MS],
      ["cooldown", !forcedOpen && nowMs - switchedAtMs < COOLDOWN_MS[layer]],
    ];
    return closed.filter(([, isClosed]) => isClosed).map(([gate]) => gate);
  }
}
