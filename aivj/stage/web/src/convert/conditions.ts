// The integer expressions of #if and #elif.

import { expandMacros, type Macros } from "./macros.ts";
import type { Token } from "./tokens.ts";
import { ShaderError } from "./types.ts";

const BINARY: readonly Record<string, (a: number, b: number) => number>[] = [
  { "||": (a, b) => Number(a !== 0 || b !== 0) },
  { "&&": (a, b) => Number(a !== 0 && b !== 0) },
  { "|": (a, b) => a | b },
  { "^": (a, b) => a ^ b },
  { "&": (a, b) => a & b },
  { "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b) },
  {
    "<": (a, b) => Number(a < b),
    ">": (a, b) => Number(a > b),
    "<=": (a, b) => Number(a <= b),
    ">=": (a, b) => Number(a >= b),
  },
  { "<<": (a, b) => a << b, ">>": (a, b) => a >> b },
  { "+": (a, b) => a + b, "-": (a, b) => a - b },
  { "*": (a, b) => a * b, "/": (a, b) => Math.trunc(a / b), "%": (a, b) => a % b },
];

/** True if the condition holds. A name that is no macro counts as 0, as in C. */
export function conditionHolds(tokens: readonly Token[], macros: Macros): boolean {
  const resolved = expandMacros(resolveDefined(tokens, macros), macros);
  return new Evaluator(resolved).value() !== 0;
}

function resolveDefined(tokens: readonly Token[], macros: Macros): Token[] {
  const output: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.text !== "defined") {
      output.push(token);
      continue;
    }
    const bracketed = tokens[at + 1]?.text === "(";
    const name = tokens[bracketed ? at + 2 : at + 1]?.text ?? "";
    output.push({ ...token, kind: "number", text: macros.has(name) ? "1" : "0" });
    at += bracketed ? 3 : 1;
  }
  return output;
}

function numberOf(text: string): number {
  return /^0[xX]/.test(text) ? Number.parseInt(text, 16) : Number.parseFloat(text);
}

class Evaluator {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** The whole expression's value. */
  value(): number {
    const value = this.choice();
    const { length } = this.tokens;
    if (length > 0 && this.at === length) return value;
    const line = this.tokens[this.at]?.line ?? this.tokens.at(-1)?.line ?? 0;
    throw new ShaderError("preprocess", `line ${line}: a condition that cannot be read`);
  }

  private choice(): number {
    const condition = this.binary(0);
    if (this.tokens[this.at]?.text !== "?") return condition;
    this.at += 1;
    const yes = this.choice();
    this.at += 1;
    const no = this.choice();
    return condition !== 0 ? yes : no;
  }

  private binary(level: number): number {
    const operators = BINARY[level];
    if (operators === undefined) return this.unary();
    let value = this.binary(level + 1);
    for (;;) {
      const apply = operators[this.tokens[this.at]?.text ?? ""];
      if (apply === undefined) return value;
      this.at += 1;
      value = apply(value, this.binary(level + 1));
    }
  }

  private unary(): number {
    const token = this.tokens[this.at++];
    if (token?.text === "!") return Number(this.unary() === 0);
    if (token?.text === "~") return ~this.unary();
    if (token?.text === "-") return -this.unary();
    if (token?.text === "+") return this.unary();
    if (token?.text === "(") {
      const value = this.choice();
      this.at += 1;
      return value;
    }
    return token?.kind === "number" ? numberOf(token.text) : 0;
  }
}
