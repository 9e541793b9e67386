// From frame to frame: what the music asks for, and what happens by itself.

import { Autopilot, type Moment } from "../director/autopilot.ts";
import { LongHold } from "../director/feedback.ts";
import type { Profile } from "../director/macros.ts";
import type { AutoAdvance } from "./auto.ts";
import type { Mood } from "./choosing.ts";
import type { Load } from "./load/load.ts";
import { LAYER_NAMES, type LayerKey } from "./programme.ts";
import type { Show } from "./show.ts";
import type { Ear } from "./sound/ear.ts";

export interface ConductorParts {
  readonly ear: Ear;
  readonly load: Load;
  readonly auto: AutoAdvance;
  readonly show: Show;
  /** Whether a program opened the gates. */
  readonly forcedOpen: () => boolean;
}

/** Before anything was heard. */
const MACROS = { fusion: 0.5, motion: 0.5, sparkle: 0.5 };

export class Conductor {
  /** Whether the music may change presets. */
  followsMusic = true;
  readonly #parts: ConductorParts;
  readonly #autopilot = new Autopilot("videoVj");
  readonly #longHold = new LongHold();
  #moment: Moment | null = null;
  #changing = false;

  constructor(parts: ConductorParts) {
    this.#parts = parts;
  }

  get profile(): Profile {
    return this.#autopilot.profile;
  }

  set profile(profile: Profile) {
    this.#autopilot.profile = profile;
  }

  /** What the music is; null before it was heard. */
  get moment(): Moment | null {
    return this.#moment;
  }

  get mood(): Mood {
    const scene = this.#moment?.scene.scene ?? "ambient";
    const macros = this.#moment?.macros ?? MACROS;
    return { scene, macros, profile: this.profile };
  }

  /** Layers show something else, by whomever. */
  noteChange(layers: readonly LayerKey[], nowMs: number): void {
    for (const layer of layers) this.#autopilot.noteSwitch(LAYER_NAMES[layer], nowMs);
    if (layers.includes("fg")) this.#parts.auto.noteChange(nowMs);
  }

  /** Goes on by a frame, once for each. */
  advance(nowMs: number): void {
    const { ear, load, auto, show } = this.#parts;
    const { features } = ear;
    if (features === null) return;
    const held = auto.held;
    const moment = this.#autopilot.advance({
      features,
      nowMs,
      frameP95Ms: load.work.count > 0 ? load.work.p95Ms() : null,
      humanHold: held,
      midiLock: false,
      forcedOpen: this.#parts.forcedOpen(),
      grips: {},
    });
    this.#moment = moment;
    const shownId = show.nowPlaying?.presetIds.fg ?? null;
    if (this.#longHold.advance(held, shownId, nowMs)) show.programme.note("hold");
    this.#changeByItself(moment, nowMs);
  }

  #changeByItself({ request }: Moment, nowMs: number): void {
    const { auto, show } = this.#parts;
    if (!auto.enabled || auto.held || this.#changing) return;
    if (this.followsMusic && request !== null) {
      const reason = `director:${request.trigger}`;
      const isBackground = request.layer === "background";
      this.#change(() => (isBackground ? show.nextBackground({ reason }) : show.next({ reason })));
    } else if (auto.leftS(nowMs) === 0) {
      auto.noteChange(nowMs);
      this.#change(() => show.next({ reason: "auto" }));
    }
  }

  /** One change after the other. */
  #change(action: () => Promise<boolean>): void {
    this.#changing = true;
    action().finally(() => {
      this.#changing = false;
    });
  }
}
