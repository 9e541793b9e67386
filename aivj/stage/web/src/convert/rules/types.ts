import { closing, textAt } from "../brackets.ts";
import type { Token } from "../tokens.ts";
import { ShaderError } from "../types.ts";

const QUALIFIERS = new Set([
  "static",
  "const",
  "uniform",
  "extern",
  "inline",
  "volatile",
  "row_major",
  "column_major",
]);
const ATTRIBUTES = new Set([
  "unroll",
  "loop",
  "branch",
  "flatten",
  "fastopt",
  "allow_uav_condition",
]);

/** Drops storage qualifiers: to us every global is a plain variable. */
export function dropQualifiers(tokens: readonly Token[]): Token[] {
  return tokens.filter((token) => !QUALIFIERS.has(token.text));
}

/** Drops `[unroll]`, `[loop]` and the like, which are hints to Microsoft's compiler. */
export function dropAttributes(tokens: readonly Token[]): Token[] {
  const output: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (textAt(tokens, at) === "[" && ATTRIBUTES.has(textAt(tokens, at + 1))) {
      at = closing(tokens, at);
    } else {
      output.push(tokens[at] as Token);
    }
  }
  return output;
}

/**
 * `const int N = 3; float a[N];` -> `const int N = 3; float a[3];`: as a plain variable, which it
 * will be, N is no size for an array.
 */
export function inlineArraySizes(tokens: readonly Token[]): Token[] {
  const sizes = new Map<string, Token>();
  return tokens.map((token, at) => {
    const [qualifier, type, , equals, value] = tokens.slice(at - 2, at + 3);
    if (qualifier?.text === "const" && type?.text === "int" && equals?.text === "=" && value) {
      sizes.set(token.text, value);
    }
    const size = sizes.get(token.text);
    const bracketed = textAt(tokens, at - 1) === "[" && textAt(tokens, at + 1) === "]";
    return bracketed && size?.kind === "number" ? { ...size, line: token.line } : token;
  });
}

/**
 * Spells types the parser's way: one precision, no vectors of one, square matrices. The longer side
 * wins; the cells that come on top are never read, but no constructor fills them either.
 *
 * @throws ShaderError of stage `preprocess` for the constructor of a matrix that is not square.
 */
export function unifyTypes(tokens: readonly Token[]): Token[] {
  return tokens.map((token, at) => {
    if (textAt(tokens, at - 1) === ".") return token;
    const text = unified(token.text);
    if (text === token.text) return token;
    const square = !text.includes("x") || token.text.endsWith(text.slice(-3));
    if (!square && textAt(tokens, at + 1) === "(") {
      throw new ShaderError(
        "preprocess",
        `line ${token.line}: ${token.text}(...) is not supported`,
      );
    }
    return { ...token, text };
  });
}

function unified(text: string): string {
  if (/^sampler(?:2d)?$/.test(text)) return "sampler2D";
  if (/^sampler3d$/.test(text)) return "sampler3D";
  const [, base, rows = "", columns = ""] =
    /^(float|half|double|fixed|min16float|int|uint|bool)([1-4]?)(?:x([1-4]))?$/.exec(text) ?? [];
  if (base === undefined) return text;
  const type = /^(?:int|uint|bool)$/.test(base) ? base : "float";
  if (columns !== "") return `float${squareSize(rows, columns)}`;
  return rows === "1" ? type : type + rows;
}

function squareSize(rows: string, columns: string): string {
  const size = rows > columns ? rows : columns;
  return `${size}x${size}`;
}
