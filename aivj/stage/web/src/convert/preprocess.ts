// The C preprocessor that hlslparser lacks.

import { conditionHolds } from "./conditions.ts";
import { define, expandMacros, type Macros } from "./macros.ts";
import { type Token, tokenize } from "./tokens.ts";

/** What MilkDrop puts before every shader. M_PI_2 is twice pi there, not half of it. */
const PREDEFINED = `
#define M_PI 3.14159265359
#define M_PI_2 6.28318530718
#define M_INV_PI_2 0.159154943091895
#define GetMain(uv) (tex2D(sampler_main,uv).xyz)
#define GetPixel(uv) (tex2D(sampler_main,uv).xyz)
#define GetBlur1(uv) (tex2D(sampler_blur1,uv).xyz*scale1+bias1)
#define GetBlur2(uv) (tex2D(sampler_blur2,uv).xyz*scale2+bias2)
#define GetBlur3(uv) (tex2D(sampler_blur3,uv).xyz*scale3+bias3)
#define lum(x) (dot(x,float3(0.32,0.49,0.29)))
#define tex2d tex2D
#define tex3d tex3D
`;

/** One level of #if: whether its lines count, and whether one of its branches already has. */
interface Branch {
  active: boolean;
  taken: boolean;
}

class Preprocessor {
  readonly output: Token[] = [];
  private readonly macros: Macros;
  private readonly branches: Branch[] = [];
  private run: Token[] = [];

  constructor(macros: Macros) {
    this.macros = macros;
  }

  line(source: string, tokens: readonly Token[]): void {
    if (tokens[0]?.text === "#") this.directive(source, tokens[1]?.text ?? "", tokens.slice(2));
    else if (this.active()) this.run.push(...tokens);
  }

  /** Expands what has been gathered since the last directive, with the macros of that stretch. */
  flush(): void {
    for (const token of expandMacros(this.run, this.macros)) this.output.push(token);
    this.run = [];
  }

  private active(): boolean {
    return this.branches.every((branch) => branch.active);
  }

  private directive(source: string, name: string, rest: readonly Token[]): void {
    this.flush();
    const top = this.branches.at(-1);
    if (name === "if") this.open(() => conditionHolds(rest, this.macros));
    else if (name === "ifdef") this.open(() => this.macros.has(rest[0]?.text ?? ""));
    else if (name === "ifndef") this.open(() => !this.macros.has(rest[0]?.text ?? ""));
    else if (name === "elif" && top) this.turn(top, () => conditionHolds(rest, this.macros));
    else if (name === "else" && top) this.turn(top, () => true);
    else if (name === "endif") this.branches.pop();
    else if (!this.active()) return;
    else if (name === "define") define(this.macros, source, rest);
    else if (name === "undef") this.macros.delete(rest[0]?.text ?? "");
    // Anything else (#pragma, #line, a stray #) says nothing to us.
  }

  private open(holds: () => boolean): void {
    const active = this.active() && holds();
    this.branches.push({ active, taken: active });
  }

  private turn(branch: Branch, holds: () => boolean): void {
    branch.active = !branch.taken && holds();
    branch.taken ||= branch.active;
  }
}

function run(source: string, macros: Macros): Token[] {
  const preprocessor = new Preprocessor(macros);
  const lines = joinContinuedLines(stripComments(source)).split("\n");
  lines.forEach((line, index) => {
    preprocessor.line(line, tokenize(line, index + 1));
  });
  preprocessor.flush();
  return preprocessor.output;
}

const PREDEFINED_MACROS: Macros = new Map();
run(PREDEFINED, PREDEFINED_MACROS);

/** Returns the tokens of a shader without comments, directives and macros. */
export function preprocess(source: string): Token[] {
  return run(source, new Map(PREDEFINED_MACROS));
}

/**
 * Replaces comments by a blank, in one pass from left to right: whichever of `//` and `/*` comes
 * first wins, so the comment `//*=` hides no code. Line breaks inside comments stay.
 */
export function stripComments(source: string): string {
  return source.replace(/\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (comment) => {
    return ` ${comment.replace(/[^\n]/g, "")}`;
  });
}

/** Joins lines that end in a backslash, and adds the lost breaks after them: numbers stay true. */
export function joinContinuedLines(source: string): string {
  // Tried at the start of each line alone: tried within them, a long line takes its length squared.
  return source.replace(/(?<![^\n])(?:[^\n]*\\[^\S\n]*\n)+[^\n]*/g, (lines) => {
    const parts = lines.split(/\\[^\S\n]*\n/);
    return parts.join(" ") + "\n".repeat(parts.length - 1);
  });
}
