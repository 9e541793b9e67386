// What the code of equations calls: the mathematics of JavaScript, and functions of its own.

import { type Code, F64, I64, OP } from "./code.ts";

/** Numbers nearer to each other than this are the same, as in ns-eel2. */
export const NEAR = 0.00001;

/** What a function of the library needs to know of the module that it stands in. */
export interface Surroundings {
  /** Index of a function, imported or of the library. */
  function(name: string): number;
  /** Index of the global variable that counts the steps left in this frame; see `cost.ts`. */
  stepsLeft: number;
  /** Index of the global variable that is 1 once something was left out for want of steps. */
  cutOff: number;
}

/** A function of the library. */
export interface LibraryFunction {
  takes: readonly number[];
  returns: readonly number[];
  /** Types of the local variables besides what it takes. */
  locals: readonly number[];
  write(code: Code, surroundings: Surroundings): void;
}

/** What a module imports as `math`. `random` looks its source up anew, since that may change. */
export const MATH = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  atan2: Math.atan2,
  pow: Math.pow,
  random: () => Math.random(),
};

/** How many numbers each of them takes. */
export const IMPORTS: readonly (readonly [keyof typeof MATH, number])[] = [
  ...(["sin", "cos", "tan", "asin", "acos", "atan", "exp", "log", "log10"] as const).map(
    (name) => [name, 1] as const,
  ),
  ["atan2", 2],
  ["pow", 2],
  ["random", 0],
];

function ofNumbers(
  count: number,
  write: LibraryFunction["write"],
  locals: readonly number[] = [],
): LibraryFunction {
  return { takes: new Array<number>(count).fill(F64), returns: [F64], locals, write };
}

/** |a| % |b| of whole numbers; 0 where one of them is none, or b is 0. */
const mod = ofNumbers(
  2,
  (code) => {
    code.get(1).op(OP.f64Abs).truncate("i64").tee(2).op(OP.i64Eqz);
    code
      .get(0)
      .op(OP.f64Abs)
      .f64(2 ** 63)
      .op(OP.f64Ge, OP.i32Or)
      .if(F64)
      .f64(0)
      .op(OP.else);
    code.get(0).op(OP.f64Abs).truncate("i64").get(2).op(OP.i64RemU, OP.f64FromI64S, OP.end);
  },
  [I64],
);

function bits(operation: number): LibraryFunction {
  return ofNumbers(2, (code) => {
    code.get(0).truncate("i64").get(1).truncate("i64").op(operation, OP.f64FromI64S);
  });
}

/** a / b; by 0 it is 0. */
const div = ofNumbers(2, (code) => {
  code.get(1).f64(0).op(OP.f64Ne).if(F64).get(0).get(1).op(OP.f64Div);
  code.op(OP.else).f64(0).op(OP.end);
});

/** 1 / sqrt(|x|); of 0 it is 0. */
const invsqrt = ofNumbers(1, (code, surroundings) => {
  code.f64(1).get(0).op(OP.f64Abs, OP.f64Sqrt).call(surroundings.function("div"));
});

const sign = ofNumbers(1, (code) => {
  code.f64(0).get(0).op(OP.f64Lt).get(0).f64(0).op(OP.f64Lt, OP.i32Sub, OP.f64FromI32S);
});

/** 1 / (1 + exp(-a * b)) */
const sigmoid = ofNumbers(2, (code, surroundings) => {
  code.get(0).op(OP.f64Neg).get(1).op(OP.f64Mul).call(surroundings.function("exp"));
  code.f64(1).op(OP.f64Add).tee(0).op(OP.f64Abs).f64(NEAR).op(OP.f64Gt);
  code.if(F64).f64(1).get(0).op(OP.f64Div, OP.else).f64(0).op(OP.end);
});

/** From 0 to the whole number below x, which is never less than 1. */
const rand = ofNumbers(1, (code, surroundings) => {
  code.call(surroundings.function("random"));
  code.get(0).op(OP.f64Floor).tee(0).f64(1).get(0).f64(1).op(OP.f64Gt, OP.select, OP.f64Mul);
});

/** The same in whole numbers, as MilkDrop 1 has it. */
const randWhole = ofNumbers(1, (code, surroundings) => {
  code.get(0).call(surroundings.function("rand")).op(OP.f64Floor);
});

/** By name; each may call those before it. */
export const LIBRARY: Readonly<Record<string, LibraryFunction>> = {
  ...{ mod, bitor: bits(OP.i64Or), bitand: bits(OP.i64And), div, invsqrt, sign, sigmoid },
  ...{ rand, randWhole },
};
