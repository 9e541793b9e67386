// The functions of MilkDrop's equations: those of its guide, and the names by which ns-eel2 calls
// its operators, which presets use as well.

import type { Assignment, Binary, Chain, Logic, Node, Unary } from "./syntax.ts";

/** A function that a preset may call. */
interface BuiltIn {
  arity: number;
  /** What a call means; takes `arity` operands. */
  build(a: Node, b: Node, c: Node): Node;
}

export function chain(operation: Binary, first: Node, operand: Node): Chain {
  return { kind: "chain", first, rest: [{ operation, operand }] };
}

export function logic(operation: "and" | "or", first: Node, operand: Node): Logic {
  return { kind: "logic", first, rest: [{ operation, operand }] };
}

export function assign(operation: Binary | null, target: Node, value: Node): Assignment {
  return { kind: "assign", target, operation, value };
}

const unary = (operation: Unary): BuiltIn => ({
  arity: 1,
  build: (operand) => ({ kind: "unary", operation, operand }),
});
const binary = (operation: Binary): BuiltIn => ({
  arity: 2,
  build: (a, b) => chain(operation, a, b),
});
const logical = (operation: "and" | "or"): BuiltIn => ({
  arity: 2,
  build: (a, b) => logic(operation, a, b),
});
const assigning = (operation: Binary | null): BuiltIn => ({
  arity: 2,
  build: (a, b) => assign(operation, a, b),
});
const memory = (shared: boolean): BuiltIn => ({
  arity: 1,
  build: (index) => ({ kind: "memory", shared, index }),
});
const block = (kind: "memset" | "memcpy"): BuiltIn => ({
  arity: 3,
  build: (a, b, c) => ({ kind, operands: [a, b, c] }),
});
const condition: BuiltIn = {
  arity: 3,
  build: (test, yes, no) => ({ kind: "if", test, yes, no }),
};

const UNARY: Readonly<Record<string, Unary>> = {
  ...{ _neg: "neg", _not: "not", bnot: "not", abs: "abs", sqrt: "sqrt", invsqrt: "invsqrt" },
  ...{ sqr: "sqr", sign: "sign", floor: "floor", int: "floor", ceil: "ceil", rand: "rand" },
  ...{ sin: "sin", cos: "cos", tan: "tan", asin: "asin", acos: "acos", atan: "atan" },
  ...{ exp: "exp", log: "log", log10: "log10" },
  // It asks for memory to be given back, which changes nothing that a preset can see.
  freembuf: "same",
};

const BINARY: Readonly<Record<string, Binary>> = {
  ...{ _add: "add", _sub: "sub", _mul: "mul", _div: "div", _mod: "mod", pow: "pow" },
  ...{ equal: "equal", _equal: "equal", _noteq: "noteq", below: "below", _below: "below" },
  ...{ above: "above", _above: "above", _beleq: "beleq", _aboeq: "aboeq" },
  ...{ min: "min", max: "max", atan2: "atan2", sigmoid: "sigmoid", band: "band", bor: "bor" },
};

const ASSIGNING: Readonly<Record<string, Binary | null>> = {
  ...{ assign: null, _set: null, _addop: "add", _subop: "sub", _mulop: "mul", _divop: "div" },
  ...{ _modop: "mod", _orop: "bitor", _andop: "bitand", _powop: "pow" },
};

function named<T>(names: Readonly<Record<string, T>>, make: (of: T) => BuiltIn) {
  return Object.entries(names).map(([name, of]) => [name, make(of)] as const);
}

/** By name, in small letters. */
export const FUNCTIONS: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ...named(UNARY, unary),
  ...named(BINARY, binary),
  ...named(ASSIGNING, assigning),
  ...named({ _and: "and", _or: "or" } as const, logical),
  ...named({ megabuf: false, _mem: false, gmegabuf: true, _gmem: true }, memory),
  ...named({ memset: "memset", memcpy: "memcpy" } as const, block),
  ...named({ if: condition, _if: condition }, (of) => of),
  ["loop", { arity: 2, build: (count, body) => ({ kind: "loop", count, body }) }],
  ["while", { arity: 1, build: (body) => ({ kind: "while", body }) }],
  ["exec2", { arity: 2, build: (a, b) => ({ kind: "block", body: [a, b] }) }],
  ["exec3", { arity: 3, build: (a, b, c) => ({ kind: "block", body: [a, b, c] }) }],
]);
