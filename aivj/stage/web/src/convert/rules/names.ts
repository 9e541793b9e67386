import { closing, textAt } from "../brackets.ts";
import { isType } from "../hlsl_types.ts";
import { isIntrinsic } from "../intrinsics.ts";
import type { Token } from "../tokens.ts";
import { COPY_PREFIX, isTaken, STAGE_GLOBALS, UNIFORMS } from "../vocabulary.ts";

const ASSIGNMENTS = new Set(["=", "+=", "-=", "*=", "/=", "%=", "++", "--"]);

function rename(tokens: readonly Token[], nameFor: (token: Token, at: number) => string): Token[] {
  return tokens.map((token, at) => {
    if (token.kind !== "word" || textAt(tokens, at - 1) === ".") return token;
    const text = nameFor(token, at);
    return text === token.text ? token : { ...token, text };
  });
}

/** Renames what bears a name that GLSL, the parser, Butterchurn or our prelude uses. */
export function renameTakenNames(tokens: readonly Token[]): Token[] {
  const own = ownFunctions(tokens);
  return rename(tokens, ({ text }, at) => {
    const builtin = isIntrinsic(text) && textAt(tokens, at + 1) === "(" && !own.has(text);
    if (builtin || isType(text) || !(isTaken(text) || isIntrinsic(text))) return text;
    return `hv_${text.replace(/__+/g, "_u_")}`;
  });
}

function ownFunctions(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  for (let at = 1; at < tokens.length; at++) {
    if (textAt(tokens, at) === "{") at = closing(tokens, at);
    else if (isType(textAt(tokens, at - 1)) && textAt(tokens, at + 1) === "(") {
      names.add(textAt(tokens, at));
    }
  }
  return names;
}

/** `rad` -> `hl_rad`: Butterchurn has these inside `main`, where a preset's functions see nothing. */
export function renameStageGlobals(tokens: readonly Token[]): Token[] {
  return rename(tokens, ({ text }) => STAGE_GLOBALS.get(text)?.name ?? text);
}

/** `q1 = 2` -> `hw_q1 = 2` throughout: HLSL lets a shader write its uniforms, and hide them. */
export function copyWrittenUniforms(tokens: readonly Token[]): Token[] {
  const written = new Set<string>();
  tokens.forEach((token, at) => {
    if (UNIFORMS.has(token.text) && isWritten(tokens, at)) written.add(token.text);
  });
  return rename(tokens, ({ text }) => (written.has(text) ? COPY_PREFIX + text : text));
}

function isWritten(tokens: readonly Token[], at: number): boolean {
  const before = textAt(tokens, at - 1);
  if (before === "." || before === "++" || before === "--") return before !== ".";
  if (isType(before)) return true;
  const swizzled = textAt(tokens, at + 1) === ".";
  return ASSIGNMENTS.has(textAt(tokens, swizzled ? at + 3 : at + 1));
}
