// Finding one's way in a flat list of tokens.

import type { Token } from "./tokens.ts";
import { ShaderError } from "./types.ts";

const CLOSER: Record<string, string> = { "(": ")", "[": "]", "{": "}" };
const OPENERS = new Set(Object.keys(CLOSER));
const CLOSERS = new Set(Object.values(CLOSER));

/** Text of the token at `at`; empty outside the list. */
export function textAt(tokens: readonly Token[], at: number): string {
  return tokens[at]?.text ?? "";
}

export function isOpener(text: string): boolean {
  return OPENERS.has(text);
}

export function isCloser(text: string): boolean {
  return CLOSERS.has(text);
}

/** Index of the bracket that closes the one at `open`. */
export function closing(tokens: readonly Token[], open: number): number {
  const expected: string[] = [];
  for (let at = open; at < tokens.length; at++) {
    const text = textAt(tokens, at);
    if (isOpener(text)) expected.push(CLOSER[text] ?? "");
    else if (isCloser(text) && expected.pop() !== text) break;
    if (expected.length === 0) return at;
  }
  throw unbalanced(tokens, open);
}

/** Index of the bracket that opens the one at `close`. */
export function opening(tokens: readonly Token[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    const text = textAt(tokens, at);
    if (isCloser(text)) depth += 1;
    if (isOpener(text)) depth -= 1;
    if (depth === 0) return at;
  }
  throw unbalanced(tokens, close);
}

function unbalanced(tokens: readonly Token[], at: number): ShaderError {
  const line = tokens[at]?.line ?? 0;
  return new ShaderError("preprocess", `line ${line}: '${textAt(tokens, at)}' has no partner`);
}

/** Index of the first of `wanted` from `from` on that stands outside brackets, or -1. */
export function findOutside(
  tokens: readonly Token[],
  from: number,
  wanted: readonly string[],
): number {
  for (let at = from; at < tokens.length; at++) {
    const text = textAt(tokens, at);
    if (wanted.includes(text)) return at;
    if (isOpener(text)) at = closing(tokens, at);
  }
  return -1;
}

/** The pieces between the commas that stand outside brackets. No tokens make no pieces. */
export function splitByComma(tokens: readonly Token[]): Token[][] {
  if (tokens.length === 0) return [];
  const pieces: Token[][] = [];
  let start = 0;
  for (let comma = 0; comma !== -1; start = comma + 1) {
    comma = findOutside(tokens, start, [","]);
    pieces.push(tokens.slice(start, comma === -1 ? undefined : comma));
    if (comma === -1) break;
  }
  return pieces;
}

/** True if an operand ends with the token at `at`, so that a `-` or `(` after it is no prefix. */
export function endsOperand(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token === undefined || token.text === "return") return false;
  return token.kind !== "symbol" || token.text === ")" || token.text === "]";
}

/** Index behind the operand that starts at `from`: prefixes, a primary and what is attached to it. */
export function operandEnd(tokens: readonly Token[], from: number): number {
  let at = from;
  while (["-", "+", "!", "~", "++", "--"].includes(textAt(tokens, at))) at += 1;
  at = textAt(tokens, at) === "(" ? closing(tokens, at) + 1 : at + 1;
  for (;;) {
    const text = textAt(tokens, at);
    if (text === "." && tokens[at + 1]?.kind === "word") at += 2;
    else if (text === "(" || text === "[") at = closing(tokens, at) + 1;
    else if (text === "++" || text === "--") at += 1;
    else return at;
  }
}

/** Index of the first token of the operand that ends at `last`, without its prefixes. */
export function operandStart(tokens: readonly Token[], last: number): number {
  let at = last;
  for (;;) {
    if (isCloser(textAt(tokens, at))) {
      at = opening(tokens, at);
      if (endsOperand(tokens, at - 1)) at -= 1;
      else return at;
    } else if (textAt(tokens, at - 1) === ".") {
      at -= 2;
    } else {
      return at;
    }
  }
}
