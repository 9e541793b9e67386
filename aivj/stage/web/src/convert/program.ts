// The two parts of a preset's shader.

import { preprocess } from "./preprocess.ts";
import { type Token, textAt } from "./tokens.ts";
import { ShaderError } from "./types.ts";

export interface Program {
  /** The preset's globals and functions. */
  readonly outside: readonly Token[];
  /** What stands between the braces of its `shader_body`. */
  readonly body: readonly Token[];
}

/**
 * Takes a shader apart. Like MilkDrop, takes the last brace of the text for the end of the body.
 *
 * @throws ShaderError of stage `preprocess`.
 */
export function program(source: string): Program {
  const tokens = preprocess(source);
  const name = tokens.findIndex((token) => token.text === "shader_body");
  if (name === -1) throw new ShaderError("preprocess", "there is no shader_body");
  const open = bodyStart(tokens, name);
  if (open === -1) throw new ShaderError("preprocess", "shader_body has no braces");
  let close = tokens.length - 1;
  while (close > open && textAt(tokens, close) !== "}") close -= 1;
  if (close === open) throw new ShaderError("preprocess", "the braces of shader_body do not end");
  return { outside: tokens.slice(0, name), body: tokens.slice(open + 1, close) };
}

const CLOSERS: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/** Index of the first `{` from `from` on that stands outside other brackets, or -1. */
function bodyStart(tokens: readonly Token[], from: number): number {
  for (let at = from; at < tokens.length; at++) {
    const text = textAt(tokens, at);
    if (text === "{") return at;
    if (CLOSERS.has(text)) at = closing(tokens, at);
  }
  return -1;
}

/** Index of the bracket that closes the one at `open`. */
function closing(tokens: readonly Token[], open: number): number {
  const expected: string[] = [];
  for (let at = open; at < tokens.length; at++) {
    const text = textAt(tokens, at);
    const closer = CLOSERS.get(text);
    if (closer !== undefined) expected.push(closer);
    else if (/^[)\]}]$/.test(text) && expected.pop() !== text) break;
    if (expected.length === 0) return at;
  }
  const line = tokens[open]?.line ?? 0;
  throw new ShaderError("preprocess", `line ${line}: '${textAt(tokens, open)}' has no partner`);
}
