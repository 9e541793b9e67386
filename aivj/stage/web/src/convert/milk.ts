// One reading of a preset file: its values, and its code block by block.
//
// The layout is MilkDrop 2's, whose reader knows no order: a line is `key=value` or `key value`, of
// a key given twice the first counts, and the lines of a block are those with the numbers 1, 2,
// 3 ... up to the first that is missing. `aivj/presets/milk.py` is the same reading in Python. What
// equations and shaders mean is no business of this module.

type PartKind = "preset" | "wave" | "shape";

/** A block of equations. Only the preset itself has `per_pixel`, only a custom wave `per_point`. */
export type BlockName = "init" | "per_frame" | "per_pixel" | "per_point";

/** A preset's own values and equations, or those of one of its custom waves and shapes. */
export interface MilkPart {
  readonly kind: PartKind;
  /** Number of the wave or shape; 0 for the preset itself. */
  readonly index: number;
  /** Numbers by lower-case name, in the order of the file; always finite. */
  readonly values: ReadonlyMap<string, number>;
  /** Text by block, for the blocks that the file has. Line n is the one that the file numbers n. */
  readonly blocks: ReadonlyMap<BlockName, string>;
}

export interface Milk {
  readonly preset: MilkPart;
  /** By index. MilkDrop 2 has the first four of each, MilkDrop 3 the first sixteen. */
  readonly waves: readonly MilkPart[];
  readonly shapes: readonly MilkPart[];
  /** HLSL without the backtick before each line; empty where there is none. */
  readonly warp: string;
  readonly comp: string;
  /** Text of every key that is no code, those of waves and shapes included. */
  readonly raw: ReadonlyMap<string, string>;
  /** Keys that came again. */
  readonly numDuplicateKeys: number;
  /** Lines of code that are not read, because a number before theirs is missing. */
  readonly numLinesBehindGaps: number;
  /** Lines that are neither a key with a value nor a `[header]` nor blank. */
  readonly numJunkLines: number;
}

const BLANKS = "[ \\t\\v\\f]*";
const INDEX = "(0|[1-9][0-9]{0,2})";
const LINE = new RegExp(`^${BLANKS}([^ \\t\\v\\f=]+)(${BLANKS}=|[ \\t\\v\\f]${BLANKS})(.*)$`, "s");
const EDGES = new RegExp(`^${BLANKS}|${BLANKS}$`, "g");
const BLANK_OR_HEADER = new RegExp(`^${BLANKS}(?:\\[.*\\]${BLANKS})?$`, "s");
const PRESET_HEADER = new RegExp(`^${BLANKS}\\[preset[0-9]*\\]`, "i");
const NUMBER = /^[ \t\v\f]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)/i;
const ONLY_NUMBER = new RegExp(`${NUMBER.source}${BLANKS}$`, "i");
const PRESET_CODE = /^(per_frame_init|per_frame|per_pixel|warp|comp)_([0-9]+)$/;
const WAVE_CODE = new RegExp(`^(wave)_${INDEX}_(init|per_frame|per_point)([0-9]+)$`);
const SHAPE_CODE = new RegExp(`^(shape)_${INDEX}_(init|per_frame)([0-9]+)$`);
const PART_VALUE = new RegExp(`^(wave|shape)code_${INDEX}_(.+)$`, "s");

/** Reads the text of a `.milk` file, its bytes decoded as latin-1. Any text can be read. */
export function readMilk(latin1: string): Milk {
  const reading = new Reading();
  for (const line of firstPreset(plainText(latin1).split(/\r\n|\n|\r/))) reading.add(line);
  return reading.milk();
}

/** Returns the number that a text begins with; undefined where there is none, or no finite one. */
export function leadingNumber(text: string): number | undefined {
  const number = Number(NUMBER.exec(text)?.[1] ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** Takes off a byte order mark and NULs. In UTF-16, whatever is no latin-1 character is a "?". */
function plainText(latin1: string): string {
  const isLittle = latin1.startsWith("\u00ff\u00fe");
  const text = isLittle || latin1.startsWith("\u00fe\u00ff") ? narrowed(latin1, isLittle) : latin1;
  return text.replace(/^\u00ef\u00bb\u00bf/, "").replaceAll("\0", "");
}

function narrowed(latin1: string, isLittle: boolean): string {
  const units: string[] = [];
  for (let at = 2; at + 1 < latin1.length; at += 2) {
    const [low, high] = isLittle ? [at, at + 1] : [at + 1, at];
    units.push(latin1.charAt(high) === "\0" ? latin1.charAt(low) : "?");
  }
  return units.join("");
}

/** Leaves out what stands behind the header of a second preset. */
function firstPreset(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => PRESET_HEADER.test(line));
  const second = lines.findIndex((line, at) => at > first && PRESET_HEADER.test(line));
  return first === -1 || second === -1 ? lines : lines.slice(0, second);
}

type Code = BlockName | "warp" | "comp";

class Part {
  readonly values = new Map<string, number>();
  /** Lines by what the file says is their number, unread. */
  readonly lines = new Map<Code, Map<string, string>>();

  constructor(
    readonly kind: PartKind,
    readonly index: number,
  ) {}

  /** Returns the block's text: its lines up to a gap, each without a backtick at its start. */
  text(block: Code): string {
    return this.linesRead(block).join("\n");
  }

  linesRead(block: Code): string[] {
    const read: string[] = [];
    const lines = this.lines.get(block);
    for (let line = lines?.get("1"); line !== undefined; line = lines?.get(`${read.length + 1}`)) {
      read.push(line.replace(/^`/, ""));
    }
    return read;
  }

  finished(): MilkPart {
    const names = [...this.lines.keys()].filter((name) => name !== "warp" && name !== "comp");
    const blocks = new Map(names.map((name) => [name, this.text(name)]));
    return { kind: this.kind, index: this.index, values: this.values, blocks };
  }
}

class Reading {
  private readonly preset = new Part("preset", 0);
  private readonly parts = new Map<string, Part>();
  private readonly raw = new Map<string, string>();
  private numDuplicateKeys = 0;
  private numJunkLines = 0;

  add(line: string): void {
    const [, spelled = "", delimiter = "", value = ""] = LINE.exec(line) ?? [];
    const key = spelled.toLowerCase();
    if (this.addCode(key, value)) return;
    if (delimiter.endsWith("=") || ONLY_NUMBER.test(value)) {
      this.addValue(key, value.replace(EDGES, ""));
    } else if (!BLANK_OR_HEADER.test(line)) {
      this.numJunkLines += 1;
    }
  }

  milk(): Milk {
    const parts = [...this.parts.values()].sort((a, b) => a.index - b.index);
    const blocks = [this.preset, ...parts].flatMap((part) =>
      [...part.lines].map(([name, lines]) => lines.size - part.linesRead(name).length),
    );
    return {
      preset: this.preset.finished(),
      waves: parts.filter((part) => part.kind === "wave").map((part) => part.finished()),
      shapes: parts.filter((part) => part.kind === "shape").map((part) => part.finished()),
      warp: this.preset.text("warp"),
      comp: this.preset.text("comp"),
      raw: this.raw,
      numDuplicateKeys: this.numDuplicateKeys,
      numLinesBehindGaps: blocks.reduce((sum, unread) => sum + unread, 0),
      numJunkLines: this.numJunkLines,
    };
  }

  /** Keeps a line of code; false if the key stands for none. */
  private addCode(key: string, value: string): boolean {
    const own = PRESET_CODE.exec(key);
    const match = WAVE_CODE.exec(key) ?? SHAPE_CODE.exec(key);
    const [name, number] = own ? [own[1], own[2]] : [match?.[3], match?.[4]];
    if (name === undefined || number === undefined) return false;
    const part = match ? this.part(match[1] as PartKind, match[2] ?? "") : this.preset;
    const block = (name === "per_frame_init" ? "init" : name) as Code;
    const lines = part.lines.get(block) ?? new Map<string, string>();
    part.lines.set(block, lines);
    this.keep(lines, number, value);
    return true;
  }

  private addValue(key: string, text: string): void {
    const [, kind, index = "", name = ""] = PART_VALUE.exec(key) ?? [];
    const part = kind === undefined ? this.preset : this.part(kind as PartKind, index);
    const number = leadingNumber(text);
    const isFirst = this.keep(this.raw, key, text);
    if (isFirst && number !== undefined) part.values.set(kind === undefined ? key : name, number);
  }

  private part(kind: PartKind, index: string): Part {
    const part = this.parts.get(`${kind} ${index}`) ?? new Part(kind, Number(index));
    this.parts.set(`${kind} ${index}`, part);
    return part;
  }

  /** Keeps what came first; tells whether this did. */
  private keep(kept: Map<string, string>, key: string, text: string): boolean {
    if (kept.has(key)) {
      this.numDuplicateKeys += 1;
      return false;
    }
    kept.set(key, text);
    return true;
  }
}

/** Whether a custom wave or shape is drawn at all. */
export function isEnabled({ values }: MilkPart): boolean {
  return Boolean(values.get("enabled"));
}
