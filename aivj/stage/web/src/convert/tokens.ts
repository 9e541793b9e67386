// Text to tokens. Knows neither macros nor grammar.

export interface Token {
  readonly kind: "word" | "number" | "symbol";
  readonly text: string;
  /** Line of the shader's source, from 1. Inserted tokens bear the line of their neighbour. */
  readonly line: number;
}

const WORD = /[A-Za-z_]\w*/y;
// A dot that a swizzle follows (`1.xxx`) belongs to the swizzle, not to the number.
const NUMBER =
  /0[xX][\da-fA-F]+[uUlL]*|\d+\.#[A-Z]+|(?:\d+\.(?![xyzwrgba])\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[fFhHlLuU]*/y;
const SYMBOL = /##|&&|\|\||<<=|>>=|<<|>>|\+\+|--|[=!<>+\-*/%&|^]=|[!-~]/y;

const KINDS = [
  ["word", WORD],
  ["number", NUMBER],
  ["symbol", SYMBOL],
] as const;

/** Splits one line into tokens. Blanks, control characters and anything beyond ASCII separate. */
export function tokenize(text: string, line: number): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at, line);
    if (token !== null) tokens.push(token);
    at += token?.text.length ?? 1;
  }
  return tokens;
}

function tokenAt(source: string, at: number, line: number): Token | null {
  for (const [kind, pattern] of KINDS) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text, line };
  }
  return null;
}

/** Text of the token at `at`; empty outside the list. */
export function textAt(tokens: readonly Token[], at: number): string {
  return tokens[at]?.text ?? "";
}
