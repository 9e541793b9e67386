// Coupled pairs: from the pack to the canvas.

import { messageOf } from "../ground/errors.ts";
import {
  type CoupledState,
  type LastPick,
  labelOf,
  lastPickOf,
  presetIdOf,
  type SampledPick,
  type SampleReply,
  type SampleRequest,
  selectionLine,
  whyPicked,
} from "./coupled_state.ts";
import { isUsable, type ListedPair, loadPack, type Pack } from "./pack.ts";
import type { Parameters } from "./parameters.ts";
import type { Order, Preparation } from "./preparation.ts";
import type {
  ChangeRequest,
  Choice,
  LayerKey,
  NowPlaying,
  Programme,
  Status,
} from "./programme.ts";
import type { Screen } from "./screen.ts";
import { isPickMode, type PairPicker, type Picked, type PickMode } from "./selection.ts";
import { Titles } from "./titles.ts";

/** What pairs are played with. */
interface CoupledParts {
  readonly picker: PairPicker;
  readonly screen: Pick<Screen, "show">;
  readonly preparation: Preparation;
  readonly status: Status;
  /** Intensity of the music; null in silence. */
  readonly intensity01: () => number | null;
  readonly onShown: (playing: NowPlaying, layers: readonly LayerKey[]) => void;
}

type Wanted = globalThis.Pick<Parameters, "enabled" | "pack" | "manifest" | "picking" | "seed">;

export class CoupledPairs implements Programme {
  readonly #wanted: Wanted;
  readonly #parts: CoupledParts;
  #pack: Pack | null = null;
  #titles = new Titles();
  #loading: Promise<boolean> | null = null;
  #lastPick: LastPick | null = null;
  #nowPlaying: NowPlaying | null = null;
  #numShown = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(wanted: Wanted, parts: CoupledParts) {
    this.#wanted = wanted;
    this.#parts = parts;
  }

  get name(): string {
    return this.#wanted.pack;
  }

  get state(): CoupledState {
    const { enabled, pack } = this.#wanted;
    const active = this.#pack;
    return {
      enabled,
      pack,
      pickMode: this.#parts.picker.mode,
      lastPick: this.#lastPick,
      manifest: active && {
        url: active.url,
        pairs: active.pairs.filter(isUsable).length,
        scoredPairs: active.pairs.filter((listed) => listed.quality01 !== undefined).length,
      },
    };
  }

  get nowPlaying(): NowPlaying | null {
    return this.#nowPlaying;
  }

  get choices(): readonly Choice[] {
    return (this.#pack?.pairs ?? []).filter(isUsable).map((listed) => ({
      id: String(listed.pair),
      label: labelOf(listed, this.#titles),
    }));
  }

  async init(): Promise<boolean> {
    const { enabled, pack } = this.#wanted;
    if (this.#pack !== null) return true;
    if (!enabled || pack === "") return false;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
    });
    return await this.#loading;
  }

  next(request: ChangeRequest): Promise<boolean> {
    return this.#pickAndShow(this.#parts.picker.mode, request);
  }

  /** A pair's layers belong together. */
  async nextBackground(): Promise<boolean> {
    return false;
  }

  random(request: ChangeRequest): Promise<boolean> {
    return this.#pickAndShow("random", request);
  }

  choose(id: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const pack = await this.#activePack();
      const listed = pack?.pairs.find((each) => String(each.pair) === id);
      if (listed === undefined) return false;
      return await this.#show(listed, this.#parts.picker.mode, "chosen by hand", false);
    });
  }

  prepareNext(): void {
    const { picker, preparation, intensity01 } = this.#parts;
    if (this.#pack === null) return;
    const { name, pairs } = this.#pack;
    const request = { pack: name, pairs, mode: picker.mode, intensity01: intensity01() };
    const listed = picker.peek(request);
    if (listed !== null && isUsable(listed)) preparation.ahead(this.#orderFor(listed));
  }

  /** Picks follow scores and order alone: nothing is learned about pairs. */
  note(): void {}

  noteFailure(): void {}

  /** Picks as `next` does, without loading or drawing anything. */
  async sample(request: SampleRequest): Promise<SampleReply> {
    const { iterations, pickMode = "", mockIntensity01, reset = false } = request;
    if (!(await this.init()) || this.#pack === null) return { ok: false, picks: [] };
    const { picker, intensity01 } = this.#parts;
    if (reset) picker.reset();
    const mode = isPickMode(pickMode) ? pickMode : picker.mode;
    const picks: SampledPick[] = [];
    for (let number = 0; number < iterations; number++) {
      const heard01 = mockIntensity01 ?? intensity01();
      const picked = this.#pick(this.#pack, mode, heard01, "sample");
      picks.push({
        pair: picked.listed.pair ?? null,
        quality01: picked.listed.quality01 ?? null,
        requestedMode: pickMode || mode,
        mode: picked.mode,
        reason: picked.fallback || "sample",
      });
    }
    return { ok: true, picks };
  }

  #pickAndShow(mode: PickMode, { reason, cut = false }: ChangeRequest): Promise<boolean> {
    return this.#inTurn(async () => {
      const pack = await this.#activePack();
      if (pack === null) return false;
      const heard01 = this.#parts.intensity01();
      const picked = this.#pick(pack, mode, heard01, reason);
      const why = whyPicked(picked, this.#wanted.picking, pack.pairs, heard01);
      return await this.#show(picked.listed, picked.mode, why, cut);
    });
  }

  #inTurn(action: () => Promise<boolean>): Promise<boolean> {
    const ours = this.#turn.then(action);
    this.#turn = ours.catch(() => {});
    return ours;
  }

  async #load(): Promise<boolean> {
    const { pack, manifest } = this.#wanted;
    const loaded = await loadPack(pack, manifest);
    if (loaded === null) return false;
    this.#titles = await Titles.load(pack, (url, options) => fetch(url, options));
    this.#pack = loaded;
    return true;
  }

  /** Null when the pack cannot become active; the status line says it. */
  async #activePack(): Promise<Pack | null> {
    if ((await this.init()) && this.#pack !== null) return this.#pack;
    const { pack, manifest } = this.#wanted;
    const detail = `${manifest} of pack '${pack}' is missing, broken or empty: choose another`;
    this.#parts.status.fail("Coupled pairs not ready", detail);
    return null;
  }

  #pick(pack: Pack, mode: PickMode, intensity01: number | null, reason: string): Picked {
    const { name, pairs } = pack;
    const picked = this.#parts.picker.pick({ pack: name, pairs, mode, intensity01 });
    console.info(selectionLine(name, picked, reason));
    return picked;
  }

  /** False when there is nothing to show, rejects when a preset fails; the status line says it. */
  async #show(listed: ListedPair, mode: PickMode, why: string, cut: boolean): Promise<boolean> {
    const { status, preparation, screen, onShown, intensity01 } = this.#parts;
    if (!isUsable(listed)) {
      status.fail("Coupled pairs empty", `pair ${listed.pair} names no presets of the pack`);
      return false;
    }
    status.work(`Coupled (${mode}) loading pair ${listed.pair} ...`);
    try {
      const { layers, degradedReasons } = await preparation.take(this.#orderFor(listed));
      await screen.show(layers, cut);
      this.#nowPlaying = this.#describe(listed, why, degradedReasons);
    } catch (error) {
      const message = messageOf(error);
      status.fail(`Coupled pair ${listed.pair} failed: ${message}`, labelOf(listed, this.#titles));
      throw error;
    }
    this.#numShown += 1;
    this.#lastPick = lastPickOf(listed, intensity01());
    status.rest(`Coupled pair: ${listed.pair}`);
    onShown(this.#nowPlaying, ["fg", "bg"]);
    return true;
  }

  #orderFor({ pair, fgUrl = "", bgUrl = "" }: ListedPair): Order {
    const seed = Math.imul(this.#wanted.seed + this.#numShown + 1, 0x9e3779b1);
    return { key: `${this.name}:${pair}`, urls: { fg: fgUrl, bg: bgUrl }, seed };
  }

  #describe(listed: ListedPair, why: string, degradedReasons: readonly string[]): NowPlaying {
    const id = (layer: string) => presetIdOf(this.name, listed, layer);
    return {
      presetIds: { fg: id("fg"), bg: id("bg") },
      names: { fg: this.#titles.of(listed.fgUrl ?? ""), bg: this.#titles.of(listed.bgUrl ?? "") },
      quality01: listed.quality01 ?? null,
      why,
      degradedReasons,
      choiceId: String(listed.pair),
    };
  }
}
