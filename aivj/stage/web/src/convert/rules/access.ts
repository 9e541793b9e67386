import { closing, endsOperand, textAt } from "../brackets.ts";
import { isType } from "../hlsl_types.ts";
import { type Token, tokenize } from "../tokens.ts";

/** `m._m01` and `m._12` -> `m[0][1]`: row first, as in HLSL. */
export function indexMatrixCells(tokens: readonly Token[]): Token[] {
  const output: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const [, fromZero = "", fromOne = ""] =
      /^_(?:m([0-3]{2})|([1-4]{2}))$/.exec(textAt(tokens, at + 1)) ?? [];
    const cell = fromZero === "" ? [...fromOne].map((digit) => Number(digit) - 1) : [...fromZero];
    if (token.text !== "." || cell.length === 0) {
      output.push(token);
      continue;
    }
    output.push(...tokenize(`[${cell[0]}][${cell[1]}]`, token.line));
    at += 1;
  }
  return output;
}

/** `a[x]` -> `a[int(x)]`: HLSL indexes with any number, GLSL with whole ones. */
export function indexWithIntegers(tokens: readonly Token[]): Token[] {
  const output: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    output.push(token);
    const declares = isType(textAt(tokens, at - 2));
    if (token.text !== "[" || declares || !endsOperand(tokens, at - 1)) continue;
    const end = closing(tokens, at);
    const index = tokens.slice(at + 1, end);
    if (index.length === 1 && /^\d+$/.test(textAt(index, 0))) continue;
    output.push(...tokenize("int(", token.line));
    output.push(...indexWithIntegers(index), ...tokenize(")", token.line));
    at = end - 1;
  }
  return output;
}
