// How the director chooses among a library's presets: everything it knows about them, put together.

import { Bandit, type Signal } from "../director/bandit.ts";
import { Blacklist } from "../director/blacklist.ts";
import { Feedback } from "../director/feedback.ts";
import type { Macros, Profile } from "../director/macros.ts";
import { type Choice, PresetChooser, selectionLine } from "../director/preset_choice.ts";
import { isAllowed, loadRunManifest, type RunManifest } from "../director/run_manifest.ts";
import type { Scene } from "../director/scenes.ts";
import { loadStyleIndex } from "../director/style_index.ts";
import { loadStylePolicy } from "../director/style_policy.ts";
import type { Fetch } from "../ground/json.ts";
import { type LibraryPreset, libraryManifestUrl } from "./library.ts";
import type { Store } from "./shuffle.ts";

/** What the music asks for. */
export interface Mood {
  readonly scene: Scene;
  readonly macros: Macros;
  readonly profile: Profile;
}

/** A preset and why it was chosen, as a sentence without its full stop. */
export interface Chosen {
  readonly preset: LibraryPreset;
  readonly why: string;
  /** For the log. */
  readonly line: string;
}

export interface ChoosingParts {
  readonly runManifestUrl: string;
  readonly store: Store;
  readonly random: () => number;
  readonly fetch: Fetch;
  readonly mood: () => Mood;
}

export class Choosing {
  readonly #parts: ChoosingParts;
  readonly #presets: ReadonlyMap<string, LibraryPreset>;
  readonly #chooser: PresetChooser;
  readonly #feedback: Feedback;
  readonly #runManifest: RunManifest | null;
  readonly #blacklist: Blacklist;

  private constructor(
    parts: ChoosingParts,
    presets: readonly LibraryPreset[],
    chooser: PresetChooser,
    feedback: Feedback,
    runManifest: RunManifest | null,
    blacklist: Blacklist,
  ) {
    this.#parts = parts;
    this.#presets = new Map(presets.map((preset) => [preset.id, preset]));
    this.#chooser = chooser;
    this.#feedback = feedback;
    this.#runManifest = runManifest;
    this.#blacklist = blacklist;
  }

  /** Reads what lies beside the library's manifest; what is missing is done without. */
  static async open(
    library: string,
    presets: readonly LibraryPreset[],
    parts: ChoosingParts,
  ): Promise<Choosing> {
    const { runManifestUrl, store, random, fetch } = parts;
    const manifestUrl = libraryManifestUrl(library);
    const [index, policy, runManifest] = await Promise.all([
      loadStyleIndex(manifestUrl, fetch),
      loadStylePolicy(manifestUrl, fetch),
      loadRunManifest(runManifestUrl, fetch),
    ]);
    const bandit = new Bandit(store, Date.now);
    const blacklist = new Blacklist(store, Date.now);
    const candidateIds = presets.map(({ id }) => id);
    const sources = { candidateIds, index, policy, runManifest, bandit, blacklist };
    const chooser = new PresetChooser(sources, random);
    const feedback = new Feedback(index, bandit, blacklist);
    return new Choosing(parts, presets, chooser, feedback, runManifest, blacklist);
  }

  /** `asked`: by a person. Null when there is none that may be shown. */
  next(presentId: string | null, asked: boolean): Chosen | null {
    const mood = this.#parts.mood();
    const choice = this.#chooser.choose({ ...mood, presentId, asked });
    const preset = choice === null ? undefined : this.#presets.get(choice.presetId);
    if (choice === null || preset === undefined) return null;
    return { preset, why: whyChosen(choice, mood), line: selectionLine(choice) };
  }

  /** One of those that may be shown, all alike. */
  any(): Chosen | null {
    const allowed = [...this.#presets.values()].filter(
      ({ id }) => isAllowed(this.#runManifest?.get(id)) && !this.#blacklist.has(id),
    );
    const preset = allowed[Math.floor(this.#parts.random() * allowed.length)];
    return preset === undefined ? null : this.byHand(preset.id, "at random");
  }

  byHand(presetId: string, why: string): Chosen | null {
    const preset = this.#presets.get(presetId);
    if (preset === undefined) return null;
    const run = this.#runManifest?.get(presetId);
    const line = selectionLine({ presetId, run });
    return { preset, why, line };
  }

  note(presetId: string, signal: Exclude<Signal, "failure">): void {
    this.#feedback.note(presetId, signal);
  }

  failed(presetId: string, reason: string): void {
    this.#feedback.failed(presetId, reason);
  }
}

function whyChosen({ method, arm, name, run }: Choice, { scene, profile }: Mood): string {
  const measured = run?.motion == null ? "" : `, motion ${run.motion.toFixed(3)}`;
  if (method === "sequence") return `next in the library${measured}`;
  const how = method === "stay" ? "more of" : "for";
  const called = name === undefined ? "" : `, ${name}`;
  return `${how} ${scene} (${profile}), cluster ${arm}${called}${measured}`;
}
