// Reads a block of equations.
//
// From loose to tight: `?:`, then `&&` and `||`, comparisons, `|`, `&`, `+ -`, `* /`, `%`, `^`,
// signs and `!`. An assignment takes the one value before it and all that follows, as in MilkDrop:
// `a + b = 3` is `a + (b = 3)`. See docs/decisions/015-equations-of-our-own.md.

import { EquationError, placeAt } from "./errors.ts";
import { assign, chain, FUNCTIONS, logic } from "./functions.ts";
import type { Binary, Chain, Node, Script } from "./syntax.ts";
import { type Lines, type Token, tokenize } from "./tokens.ts";

/** How deep brackets, signs and the like may lie in each other. */
const DEEPEST = 256;

/** How tightly each binds. */
const OPERATORS: Readonly<Record<string, readonly [number, Binary]>> = {
  "|": [0, "bitor"],
  "&": [1, "bitand"],
  "+": [2, "add"],
  "-": [2, "sub"],
  "*": [3, "mul"],
  "/": [3, "div"],
  "%": [4, "mod"],
  "^": [5, "pow"],
};
const COMPARISONS: Readonly<Record<string, Binary>> = {
  ...{ "==": "equal", "!=": "noteq", "<": "below", ">": "above", "<=": "beleq", ">=": "aboeq" },
};
const ASSIGNMENTS: Readonly<Record<string, Binary | null>> = {
  ...{ "=": null, "+=": "add", "-=": "sub", "*=": "mul", "/=": "div", "%=": "mod" },
  ...{ "^=": "pow", "|=": "bitor", "&=": "bitand" },
};
const ZERO: Node = { kind: "number", value: 0 };

function described(token: Token): string {
  return token.kind === "end" ? "the end" : `'${token.text}'`;
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #names = new Set<string>();
  #at = 0;
  #depth = 0;
  #usesMemory = false;

  constructor(source: string, lines: Lines) {
    this.#source = source;
    this.#tokens = tokenize(source, lines);
  }

  script(): Script {
    return { body: this.#statements(""), names: this.#names, usesMemory: this.#usesMemory };
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #fail(message: string, token = this.#next): never {
    throw new EquationError(message, placeAt(this.#source, token.offset));
  }

  #is(text: string, token = this.#next): boolean {
    return token.kind === "sign" && token.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail(`expected '${text}', found ${described(this.#next)}`);
  }

  /** Goes one level down; nothing that a preset writes may exhaust the stack. */
  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.#fail(`nested more than ${DEEPEST} deep`);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** Statements up to the end or one of `ends`; empty ones are nothing. */
  #statements(ends: string): Node[] {
    const body: Node[] = [];
    const ended = () =>
      this.#next.kind === "end" || (this.#next.kind === "sign" && ends.includes(this.#next.text));
    while (!ended()) {
      if (this.#accept(";") || this.#acceptEmpty()) continue;
      body.push(this.#expression());
      if (ended()) break;
      this.#expect(";");
    }
    return body;
  }

  /** A pair of brackets with nothing in it, where a statement could be. */
  #acceptEmpty(): boolean {
    const closing = this.#tokens[this.#at + 1];
    if (!this.#is("(") || closing === undefined || !this.#is(")", closing)) return false;
    this.#at += 2;
    return true;
  }

  /** Statements in brackets or between commas, whose value is that of the last. */
  #group(ends: string): Node {
    const body = this.#statements(ends);
    const [only] = body;
    if (only === undefined) this.#fail(`expected a value, found ${described(this.#next)}`);
    return body.length === 1 ? only : { kind: "block", body };
  }

  #expression(): Node {
    const test = this.#logic();
    if (!this.#accept("?")) return test;
    return this.#deeper(() => {
      const yes = this.#is(":") ? ZERO : this.#expression();
      const no = this.#accept(":") && !this.#endsHere() ? this.#expression() : ZERO;
      return { kind: "if", test, yes, no };
    });
  }

  #endsHere(): boolean {
    return this.#next.kind === "end" || [";", ")", ",", "]"].some((sign) => this.#is(sign));
  }

  #logic(): Node {
    let node = this.#comparison();
    for (;;) {
      const operation = this.#accept("&&") ? "and" : this.#accept("||") ? "or" : null;
      if (operation === null) return node;
      const operand = this.#comparison();
      // Brackets around what came first change nothing: it is worked out first anyway.
      if (node.kind === "logic") node.rest.push({ operation, operand });
      else node = logic(operation, node, operand);
    }
  }

  /** Several comparisons in a row are read from the right. */
  #comparison(): Node {
    const left = this.#binary(0);
    const operation = this.#operationOf(COMPARISONS);
    if (operation === undefined) return left;
    this.#at += 1;
    return chain(
      operation,
      left,
      this.#deeper(() => this.#comparison()),
    );
  }

  #operationOf<T>(operations: Readonly<Record<string, T>>): T | undefined {
    const { kind, text } = this.#next;
    return kind === "sign" ? operations[text] : undefined;
  }

  /** Operands of the operators that bind at least as tightly as `loosest`. */
  #binary(loosest: number): Node {
    let node = this.#signed();
    let open: Chain | null = null;
    let openLevel = -1;
    for (;;) {
      const [level, operation] = this.#operationOf(OPERATORS) ?? [-1, "add" as const];
      if (level < loosest) return node;
      this.#at += 1;
      const operand = this.#binary(level + 1);
      // One chain for a long sum, which would otherwise lie as deep as it is long.
      if (open !== null && openLevel === level) open.rest.push({ operation, operand });
      else {
        open = chain(operation, node, operand);
        openLevel = level;
        node = open;
      }
    }
  }

  #signed(): Node {
    if (this.#accept("+")) return this.#deeper(() => this.#signed());
    const operation = this.#accept("-") ? "neg" : this.#accept("!") ? "not" : null;
    if (operation === null) return this.#assignment();
    return { kind: "unary", operation, operand: this.#deeper(() => this.#signed()) };
  }

  #assignment(): Node {
    const target = this.#indexed();
    const operation = this.#operationOf(ASSIGNMENTS);
    if (operation === undefined) return target;
    this.#at += 1;
    return assign(
      operation,
      target,
      this.#deeper(() => this.#expression()),
    );
  }

  /** A value and the places in memory that it counts from: `x[]`, `x[i]`, `gmem[i]`. */
  #indexed(): Node {
    let node = this.#value();
    for (let count = 1; this.#accept("["); count++) {
      if (this.#depth + count > DEEPEST) this.#fail(`nested more than ${DEEPEST} deep`);
      const offset = this.#is("]") ? null : this.#deeper(() => this.#group("]"));
      this.#expect("]");
      this.#usesMemory = true;
      const shared = node.kind === "variable" && node.name === "gmem";
      const base = shared ? (offset ?? ZERO) : node;
      const index = shared || offset === null ? base : chain("add", base, offset);
      node = { kind: "memory", shared, index };
    }
    return node;
  }

  #value(): Node {
    const token = this.#next;
    if (token.kind === "number") {
      this.#at += 1;
      return { kind: "number", value: token.value };
    }
    if (token.kind === "name") {
      this.#at += 1;
      return this.#is("(") ? this.#call(token) : this.#variable(token);
    }
    if (!this.#accept("(")) this.#fail(`expected a value, found ${described(token)}`);
    const group = this.#deeper(() => this.#group(")"));
    this.#expect(")");
    return group;
  }

  #variable(token: Token): Node {
    if (FUNCTIONS.has(token.text)) this.#fail(`the function '${token.text}' is not called`, token);
    this.#names.add(token.text);
    return { kind: "variable", name: token.text };
  }

  #call(token: Token): Node {
    const builtIn = FUNCTIONS.get(token.text);
    if (builtIn === undefined) return this.#fail(`there is no function '${token.text}'`, token);
    this.#expect("(");
    const operands: Node[] = [];
    while (!this.#is(")")) {
      operands.push(this.#deeper(() => this.#group(",)")));
      if (!this.#accept(",")) break;
      if (this.#is(")")) this.#fail("expected a value, found ')'");
    }
    this.#expect(")");
    const { arity } = builtIn;
    if (operands.length !== arity) {
      this.#fail(
        `'${token.text}' takes ${arity} value${arity === 1 ? "" : "s"}, not ${operands.length}`,
        token,
      );
    }
    const node = builtIn.build(...(operands as [Node, Node, Node]));
    this.#usesMemory ||= ["memory", "memset", "memcpy"].includes(node.kind);
    return node;
  }
}

/** Reads a block; throws `EquationError` where it is not MilkDrop's language. */
export function parse(source: string): Script {
  try {
    return new Parser(source, "glued").script();
  } catch (error) {
    if (!/[\r\n]/.test(source)) throw error;
    try {
      return new Parser(source, "spaced").script();
    } catch {
      throw error;
    }
  }
}
