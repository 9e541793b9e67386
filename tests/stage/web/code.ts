// Code as the tests write it, and as they compare it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { print, type Token, tokenize } from "../../../aivj/stage/web/src/convert/tokens.ts";

export function tokens(code: string): Token[] {
  return tokenize(code, 1);
}

/** The same code, however it was spaced. */
export function spaced(code: string | readonly Token[]): string {
  return print(typeof code === "string" ? tokens(code) : code).trim();
}

/** One test for each `[before, after]` of a rule; `after` is `before` where the rule must not act. */
export function testRule(
  rule: (tokens: readonly Token[]) => Token[],
  cases: readonly (readonly [before: string, after: string])[],
): void {
  for (const [before, after] of cases) {
    test(`${rule.name}: ${before}`, () => {
      assert.equal(spaced(rule(tokens(before))), spaced(after));
    });
  }
}
