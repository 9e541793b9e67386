// From a preset's shader to the HLSL program that the parser is given.

import { findOutside, textAt } from "./brackets.ts";
import { preprocess } from "./preprocess.ts";
import { rewrite } from "./rules.ts";
import { type Token, tokenize } from "./tokens.ts";
import { ShaderError } from "./types.ts";
import { ENTRY } from "./vocabulary.ts";

/** The parser keeps a name in 256 bytes, and writes past them when it is longer. */
const MAX_NAME_LENGTH = 200;

/**
 * Returns the tokens of a whole program: the preset's globals and functions, then its
 * `shader_body` as a function that returns the colour. Like MilkDrop, takes the last brace of the
 * text for the end of the body and starts `ret` at black.
 *
 * @throws ShaderError of stage `preprocess`.
 */
export function program(source: string): Token[] {
  const tokens = preprocess(source);
  const long = tokens.find((token) => token.text.length > MAX_NAME_LENGTH);
  if (long) throw new ShaderError("preprocess", `line ${long.line}: a name is too long`);
  const name = tokens.findIndex((token) => token.text === "shader_body");
  if (name === -1) throw new ShaderError("preprocess", "there is no shader_body");
  const open = findOutside(tokens, name, ["{"]);
  if (open === -1) throw new ShaderError("preprocess", "shader_body has no braces");
  let close = tokens.length - 1;
  while (close > open && textAt(tokens, close) !== "}") close -= 1;
  const end = close > open ? close : tokens.length;
  const first = tokens[open]?.line ?? 1;
  const last = tokens[end]?.line ?? first;
  return rewrite([
    ...tokens.slice(0, name),
    ...tokenize(`float4 ${ENTRY}(float2 uv : TEXCOORD0) : COLOR0 {`, first),
    ...tokenize("float3 ret = float3(0, 0, 0);", first),
    ...tokens.slice(open + 1, end),
    ...tokenize("return float4(ret, 1.0); }", last),
  ]);
}
