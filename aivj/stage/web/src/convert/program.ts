// The two parts of a preset's shader.

import { findOutside, textAt } from "./brackets.ts";
import { preprocess } from "./preprocess.ts";
import type { Token } from "./tokens.ts";
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
  const open = findOutside(tokens, name, ["{"]);
  if (open === -1) throw new ShaderError("preprocess", "shader_body has no braces");
  let close = tokens.length - 1;
  while (close > open && textAt(tokens, close) !== "}") close -= 1;
  if (close === open) throw new ShaderError("preprocess", "the braces of shader_body do not end");
  return { outside: tokens.slice(0, name), body: tokens.slice(open + 1, close) };
}
