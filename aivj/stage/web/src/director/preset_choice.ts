// Which preset is next: a cluster that suits the music, then a preset of it.

import { drawIndex } from "../ground/draws.ts";
import type { Bandit } from "./bandit.ts";
import type { Blacklist } from "./blacklist.ts";
import type { Macros, Profile } from "./macros.ts";
import { isAllowed, type RunEntry, type RunManifest, runWeight } from "./run_manifest.ts";
import type { Scene } from "./scenes.ts";
import { armOf, type Energy, type StyleEntry, type StyleIndex } from "./style_index.ts";
import { type StylePolicy, wantedEnergy } from "./style_policy.ts";
import { type ArmStyle, armStyleOf, baseScore } from "./style_targets.ts";

export interface ChoiceSources {
  /** Ids of the library's presets, in its order. */
  readonly candidateIds: readonly string[];
  /** Null: presets are shown in the library's order. */
  readonly index: StyleIndex | null;
  readonly policy: StylePolicy;
  readonly runManifest: RunManifest | null;
  readonly bandit: Pick<Bandit, "preference">;
  readonly blacklist: Pick<Blacklist, "has">;
}

export interface ChoiceRequest {
  readonly scene: Scene;
  readonly macros: Macros;
  readonly profile: Profile;
  /** What the layer shows; null at the start. */
  readonly presentId: string | null;
  /** Whether a person asked: then the present cluster is not gone on with. */
  readonly asked: boolean;
}

/** `stay`: the present cluster went on; `style`: another was drawn; `sequence`: the library's order. */
type ChoiceMethod = "stay" | "style" | "sequence";

export interface Choice {
  readonly presetId: string;
  readonly method: ChoiceMethod;
  /** Null for a preset that is not in the style index. */
  readonly arm: string | null;
  /** What people call its cluster; undefined where it has no name. */
  readonly name: string | undefined;
  /** Undefined for a preset that is not in the run manifest. */
  readonly run: RunEntry | undefined;
}

interface Drawable {
  readonly entry: StyleEntry;
  readonly weight: number;
}

/** Ours: how far arms of different scores are apart in how often they are drawn. */
export const TEMPERATURE = 0.5;
/** As many as the runtime remembers, but of a small library not more than half. */
const NUM_RECENT = 24;

export class PresetChooser {
  readonly #sources: ChoiceSources;
  readonly #random: () => number;
  readonly #entries: ReadonlyMap<string, StyleEntry>;
  readonly #drawable: readonly Drawable[];
  readonly #styles: ReadonlyMap<string, ArmStyle>;
  readonly #numRecent: number;
  #recentIds: readonly string[] = [];
  #scene: Scene | null = null;

  /** `random` gives numbers in [0, 1). */
  constructor(sources: ChoiceSources, random: () => number) {
    this.#sources = sources;
    this.#random = random;
    this.#entries = entriesOf(sources);
    const entries = [...this.#entries.values()];
    this.#drawable = entries
      .map((entry) => ({ entry, weight: this.#weightOf(entry.presetId) }))
      .filter(({ weight }) => weight > 0);
    const members = groupedByArm(entries, (entry) => entry);
    this.#styles = new Map([...members].map(([arm, group]) => [arm, armStyleOf(group)]));
    this.#numRecent = Math.min(NUM_RECENT, Math.floor(sources.candidateIds.length / 2));
  }

  /** The next preset; null when the library has none but the present one that may be shown. */
  choose(request: ChoiceRequest): Choice | null {
    const choice = this.#byStyle(request) ?? this.#inSequence(request.presentId);
    this.#scene = request.scene;
    if (choice !== null) {
      const recent = [choice.presetId, ...this.#recentIds.filter((id) => id !== choice.presetId)];
      this.#recentIds = recent.slice(0, this.#numRecent);
    }
    return choice;
  }

  #byStyle(request: ChoiceRequest): Choice | null {
    const fresh = this.#drawable.filter(({ entry }) => this.#isFresh(entry.presetId, request));
    const { policy } = this.#sources;
    const energy = wantedEnergy(policy, request.profile, request.macros);
    const wanted = fresh.filter(({ entry }) => entry.energy === energy);
    const arms = groupedByArm(wanted.length > 0 ? wanted : fresh, ({ entry }) => entry);
    if (arms.size === 0) return null;
    const present = this.#armToStayWith(request, energy);
    const stays = present !== null && arms.has(present);
    const arm = stays ? present : this.#drawArm([...arms.keys()], request);
    const members = arms.get(arm) ?? [];
    const weights = members.map(({ weight }) => weight);
    const { entry } = this.#drawn(members, weights);
    return this.#choice(entry.presetId, stays ? "stay" : "style");
  }

  /** The present arm, as often as the policy likes, while scene and energy are what they were. */
  #armToStayWith({ presentId, scene, asked }: ChoiceRequest, energy: Energy): string | null {
    const present = presentId === null ? undefined : this.#entries.get(presentId);
    if (asked || present?.energy !== energy || this.#scene !== scene) return null;
    return this.#random() < this.#sources.policy.preferSameAuthorChance ? armOf(present) : null;
  }

  /** Softmax over how well arms suit the music, and how they are liked. */
  #drawArm(arms: readonly string[], { scene, macros }: ChoiceRequest): string {
    const scores = arms.map((arm) => {
      const style = this.#styles.get(arm);
      const base = style === undefined ? 0 : baseScore(style, scene, macros);
      return base + this.#sources.bandit.preference(arm);
    });
    return this.#drawn(arms, softmax(scores, TEMPERATURE));
  }

  /** One of at least one item, in proportion to its weight. */
  #drawn<T>(items: readonly T[], weights: readonly number[]): T {
    const item = items[drawIndex(weights, this.#random)];
    if (item === undefined) throw new Error("nothing was drawn from");
    return item;
  }

  /** The next of the library that may be shown, rather one that was not shown lately. */
  #inSequence(presentId: string | null): Choice | null {
    const { candidateIds } = this.#sources;
    const start = presentId === null ? 0 : candidateIds.indexOf(presentId) + 1;
    const after = [...candidateIds.slice(start), ...candidateIds.slice(0, start)];
    const others = after.filter((id) => id !== presentId && this.#mayBeShown(id));
    const next = others.find((id) => !this.#recentIds.includes(id)) ?? others[0];
    return next === undefined ? null : this.#choice(next, "sequence");
  }

  #choice(presetId: string, method: ChoiceMethod): Choice {
    const entry = this.#entries.get(presetId);
    const arm = entry === undefined ? null : armOf(entry);
    const name = entry && this.#sources.index?.names.get(entry.authorKey);
    return { presetId, method, arm, name, run: this.#sources.runManifest?.get(presetId) };
  }

  #isFresh(presetId: string, { presentId }: ChoiceRequest): boolean {
    const shown = presetId === presentId || this.#recentIds.includes(presetId);
    return !shown && !this.#sources.blacklist.has(presetId);
  }

  #mayBeShown(presetId: string): boolean {
    const { runManifest, blacklist } = this.#sources;
    return isAllowed(runManifest?.get(presetId)) && !blacklist.has(presetId);
  }

  #weightOf(presetId: string): number {
    const run = this.#sources.runManifest?.get(presetId);
    return isAllowed(run) ? runWeight(run) : 0;
  }
}

/** What the runtime's statistics of selections are made from. */
export function selectionLine({ presetId, run }: Pick<Choice, "presetId" | "run">): string {
  const measured = run?.motion == null ? "" : ` (m=${run.motion.toFixed(4)}, tier=${run.tier})`;
  return `selected preset ${presetId}${measured}`;
}

export function softmax(scores: readonly number[], temperature: number): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp((score - most) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Entries of presets that the library has; of several for a preset the first counts. */
function entriesOf({ candidateIds, index }: ChoiceSources): Map<string, StyleEntry> {
  const inLibrary = new Set(candidateIds);
  const entries = new Map<string, StyleEntry>();
  for (const entry of index?.entries ?? []) {
    const { presetId } = entry;
    if (inLibrary.has(presetId) && !entries.has(presetId)) entries.set(presetId, entry);
  }
  return entries;
}

function groupedByArm<T>(items: readonly T[], entryOf: (item: T) => StyleEntry): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const arm = armOf(entryOf(item));
    const group = groups.get(arm);
    if (group === undefined) groups.set(arm, [item]);
    else group.push(item);
  }
  return groups;
}
