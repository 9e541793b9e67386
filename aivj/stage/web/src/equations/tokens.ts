// The words of a block of equations.

import { EquationError, placeAt } from "./errors.ts";

type TokenKind = "number" | "name" | "sign" | "end";

export interface Token {
  kind: TokenKind;
  /** As written; names in small letters. */
  text: string;
  /** Of a number. */
  value: number;
  /** Where it begins in the source. */
  offset: number;
}

/**
 * How lines are put together. MilkDrop glues them with nothing between, so that a name may be broken
 * in two; some presets were written as if the end of a line were a space.
 */
export type Lines = "glued" | "spaced";

/** The text without comments and line ends; `offsets` says where each character stood. */
interface Clean {
  text: string;
  offsets: number[];
}

// `\\` begins a comment as `//` does. A comment that is never closed reaches to the end.
const LEFT_OUT = /\/\*[\s\S]*?(?:\*\/|$)|(?:\/\/|\\\\)[^\r\n]*|[\r\n]+/g;

function clean(source: string, lines: Lines): Clean {
  const offsets: number[] = [];
  let text = "";
  let begin = 0;
  const keep = (end: number) => {
    text += source.slice(begin, end);
    for (let offset = begin; offset < end; offset++) offsets.push(offset);
  };
  for (const { index, 0: left } of source.matchAll(LEFT_OUT)) {
    keep(index);
    begin = index + left.length;
    if (lines === "glued") continue;
    text += " ";
    offsets.push(index);
  }
  keep(source.length);
  offsets.push(source.length);
  return { text, offsets };
}

const WORD = new RegExp(
  [
    /(?<space>\s+)/,
    /(?<number>(?:\d+\.?\d*|\.\d*)(?:[eE][+-]?\d+(?![\w.]))?)/,
    /(?<constant>\$(?:pi|phi|e)(?![\w.])|\$x(?:'[\da-f]+'|[\da-f]+)|\$'[^']{1,4}'|\$~\d+)/,
    /(?<name>[a-z_][\w.]*)/,
    /(?<sign>&&|\|\||[-+*/%^|&=!<>]=|[-+*/%^|&=!<>?:;,()[\]])/,
  ]
    .map((part) => part.source)
    .join("|"),
  "iy",
);
const RUNS_INTO_A_NUMBER = /[\w.]+/y;

const CONSTANTS: Readonly<Record<string, number>> = {
  $pi: Math.PI,
  $phi: (1 + Math.sqrt(5)) / 2,
  $e: Math.E,
};
const MOST_BITS = 53;

function numberOf(text: string): number {
  if (!text.startsWith("$")) return text === "." ? 0 : Number(text);
  const small = text.toLowerCase();
  const constant = CONSTANTS[small];
  if (constant !== undefined) return constant;
  if (small.startsWith("$x")) return Number.parseInt(small.replace(/[$x']/g, ""), 16);
  if (small.startsWith("$~")) return 2 ** Math.min(Number(small.slice(2)), MOST_BITS) - 1;
  let code = 0;
  for (const character of text.slice(2, -1)) code = code * 256 + (character.charCodeAt(0) & 0xff);
  return code;
}

/**
 * Takes a block apart; the last token is the end.
 *
 * Throws `EquationError` where a character is none of the language's, or a number runs into a name.
 */
export function tokenize(source: string, lines: Lines): Token[] {
  const { text, offsets } = clean(source, lines);
  const placed = (at: number) => offsets[at] ?? source.length;
  const fail = (message: string, at: number): never => {
    throw new EquationError(message, placeAt(source, placed(at)));
  };
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    WORD.lastIndex = at;
    const { 0: word = "", groups = {} } = WORD.exec(text) ?? {};
    if (word === "") return fail(`'${text[at]}' has no meaning here`, at);
    const { space, name, sign } = groups;
    const begin = at;
    at += word.length;
    if (space !== undefined) continue;
    const offset = placed(begin);
    if (name !== undefined)
      tokens.push({ kind: "name", text: name.toLowerCase(), value: 0, offset });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, value: 0, offset });
    else {
      RUNS_INTO_A_NUMBER.lastIndex = at;
      const into = RUNS_INTO_A_NUMBER.exec(text)?.[0];
      if (into !== undefined) fail(`the number '${word}' runs into '${into}'`, begin);
      tokens.push({ kind: "number", text: word, value: numberOf(word), offset });
    }
  }
  tokens.push({ kind: "end", text: "", value: 0, offset: source.length });
  return tokens;
}
