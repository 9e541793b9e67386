// Code as the tests write it, and as they compare it.

import { type Token, tokenize } from "../../../aivj/stage/web/src/convert/tokens.ts";

function tokens(code: string): Token[] {
  return tokenize(code, 1);
}

/** The same code, however it was spaced. */
export function spaced(code: string | readonly Token[]): string {
  return print(typeof code === "string" ? tokens(code) : code).trim();
}

/** Writes tokens as text, each on the line it came from, so that errors point at the source. */
function print(tokens: readonly Token[]): string {
  let text = "";
  let line = 1;
  for (const token of tokens) {
    if (token.line > line) {
      text += "\n".repeat(token.line - line);
      line = token.line;
    }
    text += `${token.text} `;
  }
  return text;
}
