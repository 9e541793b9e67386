import {
  closing,
  endsOperand,
  findOutside,
  operandEnd,
  operandStart,
  splitByComma,
  textAt,
} from "../brackets.ts";
import { type Token, tokenize } from "../tokens.ts";

const COMPARISONS = ["<", ">", "<=", ">=", "==", "!=", "&&", "||"];
const ARITHMETIC = new Set(["+", "-", "*", "/"]);

/** `(a, b)` -> `(b)`: the value of HLSL's comma operator. */
export function lastOfCommas(tokens: readonly Token[]): Token[] {
  const output: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    output.push(token);
    const groups = token.text === "(" && !/^(?:if|for|while)$/.test(textAt(tokens, at - 1));
    if (!groups || endsOperand(tokens, at - 1)) continue;
    const inner = tokens.slice(at + 1, closing(tokens, at));
    const pieces = splitByComma(inner);
    if (pieces.length > 1) at += inner.length - (pieces.at(-1)?.length ?? 0);
  }
  return output;
}

/** `a % b` -> `hl_fmod(a, b)` and `a %= b` -> `a = hl_fmod(a, b)`. */
export function callModulo(tokens: readonly Token[]): Token[] {
  let output = [...tokens];
  for (;;) {
    const at = output.findIndex((token) => token.text === "%" || token.text === "%=");
    if (at === -1) return output;
    output = textAt(output, at) === "%" ? moduloAt(output, at) : moduloAssignedAt(output, at);
  }
}

function moduloAt(tokens: readonly Token[], at: number): Token[] {
  let start = operandStart(tokens, at - 1);
  while (/^[*/]$/.test(textAt(tokens, start - 1))) start = operandStart(tokens, start - 2);
  const end = operandEnd(tokens, at + 1);
  return called(tokens, start, at, end);
}

function moduloAssignedAt(tokens: readonly Token[], at: number): Token[] {
  const start = operandStart(tokens, at - 1);
  let end = at + 1;
  while (end < tokens.length && !/^[;,)]$/.test(textAt(tokens, end))) {
    end = /^[([{]$/.test(textAt(tokens, end)) ? closing(tokens, end) + 1 : end + 1;
  }
  const { line } = tokens[at] as Token;
  const target = [...tokens.slice(start, at), ...tokenize("=", line)];
  const call = called(tokens.slice(start, end), 0, at - start, end - start);
  return [...tokens.slice(0, start), ...target, ...call, ...tokens.slice(end)];
}

/** Makes tokens [start, at) and (at, end) the two arguments of a call. */
function called(tokens: readonly Token[], start: number, at: number, end: number): Token[] {
  const { line } = tokens[at] as Token;
  return [
    ...tokens.slice(0, start),
    ...tokenize("hl_fmod(", line),
    ...tokens.slice(start, at),
    ...tokenize(",", line),
    ...tokens.slice(at + 1, end),
    ...tokenize(")", line),
    ...tokens.slice(end),
  ];
}

/**
 * `1 - (a > b)` -> `1 - hl_num(a > b)`: GLSL does not reckon with truth values, and the parser gets
 * the type of some such terms wrong.
 */
export function numberComparisons(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, at) => {
    if (token.text !== "(" || endsOperand(tokens, at - 1)) return [token];
    const close = closing(tokens, at);
    const reckoned = [at - 1, close + 1].some((side) => ARITHMETIC.has(textAt(tokens, side)));
    const compares = findOutside(tokens.slice(at + 1, close), 0, COMPARISONS) !== -1;
    return reckoned && compares ? [...tokenize("hl_num", token.line), token] : [token];
  });
}
