// The statements in a list of tokens, as far as the rules need to know them.

import { closing, findOutside, textAt } from "./brackets.ts";
import type { Token } from "./tokens.ts";
import { ShaderError } from "./types.ts";

/** Index behind the statement that starts at `from`, whatever is nested in it. */
export function statementEnd(tokens: readonly Token[], from: number): number {
  const text = textAt(tokens, from);
  if (text === "{") return closing(tokens, from) + 1;
  if (text === "do") return semicolon(tokens, statementEnd(tokens, from + 1)) + 1;
  if (text !== "if" && text !== "for" && text !== "while") return semicolon(tokens, from) + 1;
  const end = statementEnd(tokens, closing(tokens, from + 1) + 1);
  const hasElse = text === "if" && textAt(tokens, end) === "else";
  return hasElse ? statementEnd(tokens, end + 1) : end;
}

function semicolon(tokens: readonly Token[], from: number): number {
  const at = findOutside(tokens, from, [";"]);
  if (at !== -1) return at;
  const line = tokens[from]?.line ?? tokens.at(-1)?.line ?? 0;
  throw new ShaderError("preprocess", `line ${line}: a statement does not end`);
}

/**
 * Replaces every statement that is neither a block nor a control statement. `change` is given its
 * tokens without the semicolon and the number of braces around it, and returns the new statement
 * with semicolon.
 */
export function mapSimpleStatements(
  tokens: readonly Token[],
  change: (statement: Token[], end: Token, depth: number) => Token[],
): Token[] {
  const output: Token[] = [];
  let current: Token[] = [];
  let depth = 0;
  const flush = (upTo: readonly Token[]) => {
    output.push(...current, ...upTo);
    current = [];
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const { text } = token;
    if (text === "(" || text === "[" || (text === "{" && current.at(-1)?.text === "=")) {
      const end = closing(tokens, at);
      current.push(...tokens.slice(at, end + 1));
      at = end;
    } else if (/^(?:if|for|while)$/.test(text) && textAt(tokens, at + 1) === "(") {
      const end = closing(tokens, at + 1);
      flush(tokens.slice(at, end + 1));
      at = end;
    } else if (/^(?:else|do|[{}])$/.test(text)) {
      if (text === "{") depth += 1;
      if (text === "}") depth -= 1;
      flush([token]);
    } else if (text === ";") {
      output.push(...change(current, token, depth));
      current = [];
    } else {
      current.push(token);
    }
  }
  flush([]);
  return output;
}
