import { textAt } from "../brackets.ts";
import type { Token } from "../tokens.ts";

/** Name of a constant that stands for a literal the parser would print with too few digits. */
export const CONSTANT_PREFIX = "hl_k";

/**
 * Writes every number the way the parser reads and prints it without loss: no suffix, no hex, no
 * exponent. It prints six decimals; a literal that needs more becomes a named constant.
 */
export function normalizeNumbers(tokens: readonly Token[]): Token[] {
  return tokens.map((token) => (token.kind === "number" ? normalized(token) : token));
}

function normalized(token: Token): Token {
  if (/^0[xX]/.test(token.text)) return { ...token, text: `${Number.parseInt(token.text, 16)}` };
  if (/^\d+[lLuU]?$/.test(token.text))
    return { ...token, text: `${Number.parseInt(token.text, 10)}` };
  const value = Number.parseFloat(token.text);
  const printed = value.toFixed(6);
  // The same 32-bit number, which is all that GLSL makes of it.
  const exact = Math.fround(Number.parseFloat(printed)) === Math.fround(value);
  if (exact && value < 1e9) return { ...token, text: printed };
  return { ...token, kind: "word", text: constantName(value) };
}

function constantName(value: number): string {
  const literal = value.toExponential();
  return CONSTANT_PREFIX + literal.replace(".", "p").replace("-", "m").replace("+", "");
}

/** The literal that a constant stands for. */
export function constantLiteral(name: string): string {
  const literal = name.slice(CONSTANT_PREFIX.length).replace("p", ".").replace("m", "-");
  return literal.includes(".") ? literal : literal.replace("e", ".0e");
}

/** `0.5.xxx` -> `(0.5).xxx`: the parser takes no swizzle after a bare number. */
export function parenthesizeSwizzledNumbers(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== "number" || textAt(tokens, at + 1) !== ".") return [token];
    const { line } = token;
    const value = /[.]/.test(token.text) ? token.text : `${token.text}.0`;
    return [
      { kind: "symbol", text: "(", line },
      { ...token, text: value },
      { kind: "symbol", text: ")", line },
    ] as Token[];
  });
}
