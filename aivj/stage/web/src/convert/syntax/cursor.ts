// A place in a list of tokens that moves on.

import type { Token } from "../tokens.ts";
import { ShaderError } from "../types.ts";

/** Deeper than any driver follows, and no danger to our own stack. */
const MAX_DEPTH = 300;

export class Cursor {
  /** Names of structures and of `typedef`, as far as they have been read. */
  readonly typeNames = new Set<string>();
  /** Names of variables, which may be those of types that few shaders know. */
  readonly variableNames = new Set<string>();
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get line(): number {
    return (this.tokens[this.at] ?? this.tokens.at(-1))?.line ?? 0;
  }

  get atEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  /** Text of the token that is `ahead` of the present one; empty behind the last. */
  text(ahead = 0): string {
    return this.tokens[this.at + ahead]?.text ?? "";
  }

  kind(ahead = 0): Token["kind"] | null {
    return this.tokens[this.at + ahead]?.kind ?? null;
  }

  /** Returns the present token's text and goes on. */
  take(): string {
    const text = this.text();
    this.at += 1;
    return text;
  }

  /** Goes on if the present token is `text`. */
  accept(text: string): boolean {
    if (this.text() !== text) return false;
    this.at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected '${text}' ${this.found()}`);
  }

  word(): string {
    if (this.kind() !== "word") this.fail(`expected a name ${this.found()}`);
    return this.take();
  }

  /** Goes behind the next `end` that stands outside brackets. */
  skipBehind(end: string): void {
    for (let depth = 0; !this.atEnd; ) {
      const text = this.take();
      if (depth === 0 && text === end) return;
      if (/^[([{]$/.test(text)) depth += 1;
      if (/^[)\]}]$/.test(text)) depth -= 1;
    }
    this.fail(`expected '${end}' before the end`);
  }

  /** Runs `read`; refuses what is nested too deeply. */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) this.fail("this is nested too deeply");
    const value = read();
    this.depth -= 1;
    return value;
  }

  fail(message: string): never {
    throw new ShaderError("parse", `line ${this.line}: ${message}`);
  }

  private found(): string {
    return this.atEnd ? "before the end" : `before '${this.text()}'`;
  }
}
