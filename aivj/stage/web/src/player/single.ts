// Single presets of a library: one in the foreground, one behind it, each changed for itself.

import { messageOf } from "../ground/errors.ts";
import { PageFault } from "../page/converted.ts";
import { Choosing, type ChoosingParts, type Chosen } from "./choosing.ts";
import { type LibraryPreset, loadLibrary } from "./library.ts";
import type { Order, Preparation, Ready } from "./preparation.ts";
import type {
  ChangeRequest,
  Choice,
  LayerKey,
  NowPlaying,
  Programme,
  Status,
} from "./programme.ts";
import type { Screen } from "./screen.ts";

interface SingleParts {
  readonly choosing: ChoosingParts;
  readonly screen: Pick<Screen, "show">;
  readonly preparation: Preparation;
  readonly status: Status;
  readonly onShown: (playing: NowPlaying, layers: readonly LayerKey[]) => void;
}

type ChosenLayers = Partial<Record<LayerKey, Chosen>>;

/** How many presets in a row may fail before a person is told. */
const MOST_ATTEMPTS = 5;

export class SinglePresets implements Programme {
  readonly #parts: SingleParts;
  #presets: readonly LibraryPreset[] = [];
  #choosing: Choosing | null = null;
  #shown: Partial<Record<LayerKey, LibraryPreset>> = {};
  #nowPlaying: NowPlaying | null = null;
  #upcoming: Chosen | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    parts: SingleParts,
  ) {
    this.#parts = parts;
  }

  get choices(): readonly Choice[] {
    return this.#presets;
  }

  get nowPlaying(): NowPlaying | null {
    return this.#nowPlaying;
  }

  async init(): Promise<boolean> {
    if (this.#choosing !== null) return true;
    const presets = await loadLibrary(this.name);
    if (presets === null) return false;
    this.#choosing = await Choosing.open(this.name, presets, this.#parts.choosing);
    this.#presets = presets;
    return true;
  }

  next(request: ChangeRequest): Promise<boolean> {
    return this.#withChoosing(async (choosing) => {
      const present = this.#shown.fg?.id;
      if (present === undefined) return await this.#showTwo(choosing, request);
      if (request.asked) choosing.note(present, "next");
      return await this.#showOne(choosing, "fg", request);
    });
  }

  /** Changes what is behind the foreground. */
  nextBackground(request: ChangeRequest): Promise<boolean> {
    return this.#withChoosing((choosing) => this.#showOne(choosing, "bg", request));
  }

  random(request: ChangeRequest): Promise<boolean> {
    return this.#withChoosing((choosing) =>
      this.#untilShown(() => this.#showAll({ fg: choosing.any(), bg: choosing.any() }, request)),
    );
  }

  choose(id: string): Promise<boolean> {
    return this.#withChoosing(async (choosing) => {
      const chosen = { fg: choosing.byHand(id, "chosen by hand") };
      const behind = this.#shown.bg === undefined ? { bg: choosing.any() } : {};
      return await this.#showAll({ ...chosen, ...behind }, { reason: "choice" });
    });
  }

  note(signal: "favorite" | "hold"): void {
    const present = this.#shown.fg?.id;
    if (present !== undefined) this.#choosing?.note(present, signal);
  }

  noteFailure(layer: LayerKey, reason: string): void {
    const broken = this.#shown[layer]?.id;
    if (broken !== undefined) this.#choosing?.failed(broken, reason);
  }

  prepareNext(): void {
    const present = this.#shown.fg?.id;
    if (this.#choosing === null || present === undefined) return;
    this.#upcoming ??= this.#choosing.next(present, false);
    if (this.#upcoming !== null) this.#parts.preparation.ahead(orderFor({ fg: this.#upcoming }));
  }

  /** Acts after the calls before; false when the library cannot be played. */
  #withChoosing(action: (choosing: Choosing) => Promise<boolean>): Promise<boolean> {
    const ours = this.#turn.then(async () => {
      if ((await this.init()) && this.#choosing !== null) return await action(this.#choosing);
      const detail = `/presets/${this.name}/library-manifest.json is missing, broken or empty: choose another`;
      this.#parts.status.fail(`Library '${this.name}' not ready`, detail);
      return false;
    });
    this.#turn = ours.catch(() => {});
    return ours;
  }

  #showTwo(choosing: Choosing, request: ChangeRequest): Promise<boolean> {
    return this.#untilShown(() => {
      const fg = choosing.next(null, true);
      const bg = choosing.next(fg?.preset.id ?? null, true) ?? fg;
      return this.#showAll({ fg, bg }, request);
    });
  }

  async #showAll(
    wanted: Partial<Record<LayerKey, Chosen | null>>,
    request: ChangeRequest,
  ): Promise<boolean> {
    const chosen: ChosenLayers = {};
    for (const [layer, each] of Object.entries(wanted) as [LayerKey, Chosen | null][]) {
      if (each === null) return this.#sayNoneIsLeft();
      chosen[layer] = each;
    }
    return await this.#show(chosen, request);
  }

  #showOne(choosing: Choosing, layer: LayerKey, request: ChangeRequest): Promise<boolean> {
    return this.#untilShown(() => {
      const ahead = layer === "fg" ? this.#upcoming : null;
      if (ahead !== null) this.#upcoming = null;
      const present = this.#shown[layer]?.id ?? null;
      const chosen = ahead ?? choosing.next(present, request.asked ?? false);
      return this.#showAll({ [layer]: chosen }, request);
    });
  }

  /** A preset that fails is passed over: the show goes on. */
  async #untilShown(attempt: () => Promise<boolean>): Promise<boolean> {
    for (let number = 1; ; number++) {
      try {
        return await attempt();
      } catch (error) {
        if (number === MOST_ATTEMPTS) throw error;
      }
    }
  }

  async #show(chosen: ChosenLayers, { cut = false }: ChangeRequest): Promise<boolean> {
    const { status, preparation, screen, onShown } = this.#parts;
    const { preset, why } = chosen.fg ?? chosen.bg ?? { preset: { label: "" }, why: "" };
    status.work(`Loading preset ${preset.label} ...`);
    let ready: Ready;
    try {
      ready = await preparation.take(orderFor(chosen));
      await screen.show(ready.layers, cut);
    } catch (error) {
      this.#blame(chosen, error);
      throw error;
    }
    for (const [layer, each] of Object.entries(chosen) as [LayerKey, Chosen][]) {
      this.#shown[layer] = each.preset;
      console.info(`[aivj] ${each.line}`);
    }
    this.#nowPlaying = this.#describe(why, ready.degradedReasons);
    status.rest(`Preset: ${preset.label}`);
    onShown(this.#nowPlaying, Object.keys(chosen) as LayerKey[]);
    return true;
  }

  #blame(chosen: ChosenLayers, error: unknown): void {
    const message = messageOf(error);
    const isBehind = chosen.fg === undefined && !message.startsWith("foreground");
    const layer = isBehind || message.startsWith("background") ? "bg" : "fg";
    // What stayed may break while what is new draws its first frame.
    const preset = chosen[layer]?.preset ?? this.#shown[layer];
    if (preset === undefined) return;
    if (!(error instanceof PageFault)) this.#choosing?.failed(preset.id, message);
    this.#parts.status.fail(`Preset failed: ${message}`, preset.label);
  }

  #sayNoneIsLeft(): false {
    const detail = `all presets of '${this.name}' failed or are ruled out`;
    this.#parts.status.fail("No preset left", detail);
    return false;
  }

  #describe(why: string, degradedReasons: readonly string[]): NowPlaying {
    const { fg, bg } = this.#shown;
    return {
      presetIds: { fg: fg?.id ?? "", bg: bg?.id ?? "" },
      names: { fg: fg?.label ?? "", bg: bg?.label ?? "" },
      quality01: null,
      why,
      degradedReasons,
      choiceId: fg?.id ?? "",
    };
  }
}

function orderFor(chosen: ChosenLayers): Order {
  const entries = Object.entries(chosen) as [LayerKey, Chosen][];
  const urls = entries.map(([layer, { preset }]) => [layer, preset.url] as const);
  return {
    key: urls.map(([layer, url]) => `${layer}=${url}`).join(" "),
    urls: Object.fromEntries(urls),
    seed: hashOf(urls.map(([, url]) => url).join(" ")),
  };
}

/** FNV-1a: a preset looks the same each time it is shown. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}
