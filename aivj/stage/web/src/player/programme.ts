// What a player shows: pairs of a pack, or presets of a library.

/** The picture of a pair in front, or the one behind it. */
export type LayerKey = "fg" | "bg";
/** What people and the director call them. */
export const LAYER_NAMES = { fg: "foreground", bg: "background" } as const;

export type PresetIds = Readonly<Record<LayerKey, string>>;

/** What is on the canvas, and why. */
export interface NowPlaying {
  readonly presetIds: PresetIds;
  readonly names: Readonly<Record<LayerKey, string>>;
  /** Its score; null without one. */
  readonly quality01: number | null;
  /** Why this and not another, as a sentence without its full stop. */
  readonly why: string;
  /** Why it does not look as its author meant; empty if it does. */
  readonly degradedReasons: readonly string[];
  /** What it is remembered by as a favourite. */
  readonly choiceId: string;
}

/** Something that can be chosen by hand. */
export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** How a change is asked for. */
export interface ChangeRequest {
  /** Who or what asks; goes to the log. */
  readonly reason: string;
  /** Whether it was a person. */
  readonly asked?: boolean;
  /** Changes at once instead of fading. */
  readonly cut?: boolean;
}

export interface Programme {
  readonly name: string;
  readonly choices: readonly Choice[];
  readonly nowPlaying: NowPlaying | null;
  /** Makes it ready to be played; false when that fails. */
  init(): Promise<boolean>;
  /** Shows what comes next, after the calls before; false without any, rejects when it fails. */
  next(request: ChangeRequest): Promise<boolean>;
  /** Changes the background alone; false where layers belong together. */
  nextBackground(request: ChangeRequest): Promise<boolean>;
  /** Shows anything, all alike. */
  random(request: ChangeRequest): Promise<boolean>;
  /** Shows what was chosen by hand. */
  choose(id: string): Promise<boolean>;
  /** Makes ready what `next` will show. */
  prepareNext(): void;
  /** A person likes what is shown. */
  note(signal: "favorite" | "hold"): void;
  /** What a layer shows broke, by itself. */
  noteFailure(layer: LayerKey, reason: string): void;
}

/** Where it is said what the player does. */
export interface Status {
  /** Something begins that takes time. */
  work(text: string): void;
  /** It is done. */
  rest(text: string): void;
  /** It did not come to pass; `detail` says what to look at. */
  fail(text: string, detail: string): void;
}
