import { closing, isCloser, isOpener, opening, textAt } from "../brackets.ts";
import { type Token, tokenize } from "../tokens.ts";

/**
 * `a ? b : c` -> `hl_select(a, b, c)`: the parser groups nested conditionals the wrong way round
 * and takes the first branch's type for both, where HLSL widens the narrower one.
 */
export function callSelect(tokens: readonly Token[]): Token[] {
  let output = [...tokens];
  // From the right, so that what stands behind a condition has none left in it.
  for (let at = output.length - 1; at >= 0; at--) {
    if (textAt(output, at) !== "?") continue;
    const start = conditionStart(output, at);
    const colon = branchEnd(output, at + 1);
    const end = branchEnd(output, colon + 1);
    if (textAt(output, colon) !== ":") continue;
    const { line } = output[at] as Token;
    output = [
      ...output.slice(0, start),
      ...tokenize("hl_select(", line),
      ...output.slice(start, at),
      ...tokenize(",", line),
      ...output.slice(at + 1, colon),
      ...tokenize(",", line),
      ...output.slice(colon + 1, end),
      ...tokenize(")", line),
      ...output.slice(end),
    ];
    // The tokens before the condition's end have moved on by two.
    at += 2;
  }
  return output;
}

/** Index of the first token of the condition that ends before `question`. */
function conditionStart(tokens: readonly Token[], question: number): number {
  let at = question;
  for (; at > 0; at--) {
    const text = textAt(tokens, at - 1);
    if (isCloser(text) && text !== "}") at = opening(tokens, at - 1) + 1;
    else if (isOpener(text) || /^(?:[?:,;}]|return|else|[-+*/%]?=)$/.test(text)) break;
  }
  return at;
}

/** Index of what ends the branch that starts at `from`: a colon, a comma, a bracket, the end. */
function branchEnd(tokens: readonly Token[], from: number): number {
  let nested = 0;
  let at = from;
  for (; at < tokens.length; at++) {
    const text = textAt(tokens, at);
    if (isOpener(text)) at = closing(tokens, at);
    else if (text === "?") nested += 1;
    else if (text === ":" && nested > 0) nested -= 1;
    else if (isCloser(text) || /^[:,;]$/.test(text)) break;
  }
  return at;
}
