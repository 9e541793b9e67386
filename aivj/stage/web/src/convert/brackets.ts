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

function isOpener(text: string): boolean {
  return OPENERS.has(text);
}

function isCloser(text: string): boolean {
  return CLOSERS.has(text);
}

/** Index of the bracket that closes the one at `open`. */
function closing(tokens: readonly Token[], open: number): number {
  const expected: string[] = [];
  for (let at = open; at < tokens.length; at++) {
    const text = textAt(tokens, at);
    if (isOpener(text)) expected.push(CLOSER[text] ?? "");
    else if (isCloser(text) && expected.pop() !== text) break;
    if (expected.length === 0) return at;
  }
  throw unbalanced(tokens, open);
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
