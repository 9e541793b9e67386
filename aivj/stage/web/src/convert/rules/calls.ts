import { textAt } from "../brackets.ts";
import { INTRINSIC_PREFIX, isIntrinsic } from "../intrinsics.ts";
import type { Token } from "../tokens.ts";

/** `lerp(` -> `hl_lerp(`: calls our typed functions instead of the parser's own. */
export function callOwnIntrinsics(tokens: readonly Token[]): Token[] {
  return tokens.map((token, at) => {
    const called = isIntrinsic(token.text) && textAt(tokens, at + 1) === "(";
    return called ? { ...token, text: INTRINSIC_PREFIX + token.text } : token;
  });
}
