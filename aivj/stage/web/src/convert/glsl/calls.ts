// Calls: of the preset's own functions, of HLSL's, and of those that write their arguments.

import type { NumericType } from "../syntax/tree.ts";
import { INTRINSICS, WRITING_INTRINSICS } from "./intrinsics.ts";
import { type Module, UniformWritten } from "./module.ts";
import type { FunctionGroup, Overload } from "./names.ts";
import { glslType, hlslType, isMatrix, isScalar, numCells, sameType, type Type } from "./types.ts";
import { alike, converted, numericValue, type Value } from "./values.ts";

/** Refuses a value that cannot be written; asks for a variable where it is a uniform. */
export function writable(module: Module, value: Value): Value {
  if (value.place?.kind === "uniform") throw new UniformWritten(value.place.name);
  if (value.place === undefined) module.fail("this cannot be assigned to");
  return value;
}

/** The call of a function of HLSL's. */
export function callIntrinsic(module: Module, name: string, args: readonly Value[]): Value {
  const writing = WRITING_INTRINSICS.get(name);
  if (writing !== undefined) return callWriting(module, name, writing, args);
  const intrinsic = INTRINSICS.get(name);
  if (intrinsic === undefined) module.fail(`there is no function '${name}'`);
  return intrinsic(module, args);
}

function callWriting(
  module: Module,
  name: string,
  { outs, body }: { outs: readonly boolean[]; body: string },
  args: readonly Value[],
): Value {
  if (args.length !== outs.length) {
    module.fail(`${name}() takes ${outs.length} arguments, not ${args.length}`);
  }
  const [first] = args.map((value) => numericValue(module, value));
  const [input] = alike(module, first === undefined ? [] : [first], "float");
  if (input === undefined || isMatrix(input.type)) module.fail(`${name}() takes a vector first`);
  const type = glslType(input.type);
  const params = outs.map((out, at) => `${out ? "out " : ""}${type} ${"abc"[at]}`).join(", ");
  const returns: Type = body.includes("return") ? input.type : { kind: "void" };
  const text = body.replace(/\bT\b/g, type);
  module.helper(`${glslType(returns)} hl_${name}(${params}) { ${text} }`);
  return callWithOuts(module, {
    glsl: `hl_${name}`,
    returns,
    params: outs.map((out) => ({ type: input.type, direction: out ? "out" : "in" })),
    args: args.map((value, at) => (at === 0 ? input : value)),
  });
}

interface Call {
  readonly glsl: string;
  readonly returns: Type;
  readonly params: Overload["params"];
  readonly args: readonly Value[];
}

/** A call whose written arguments may be of other types than the parameters, as HLSL allows. */
function callWithOuts(module: Module, call: Call): Value {
  const args = call.args.map((arg, at) => {
    const param = call.params[at];
    if (param === undefined || param.direction === "in") {
      return param === undefined ? arg : converted(module, arg, param.type);
    }
    if (arg.place?.kind === "cells") module.fail("several cells of a matrix cannot be written so");
    return writable(module, arg);
  });
  const exact = args.every((arg, at) => sameType(arg.type, (call.params[at] as Param).type));
  const name = exact ? call.glsl : adapter(module, call, args);
  const code = `${name}(${args.map((arg) => arg.code).join(", ")})`;
  return { code, type: call.returns };
}

type Param = Overload["params"][number];

/** Defines a function with the arguments' types that calls the one with the parameters'. */
function adapter(module: Module, call: Call, args: readonly Value[]): string {
  const name = module.names.give("adapter");
  const taken: string[] = [];
  const before: string[] = [];
  const passed: string[] = [];
  const after: string[] = [];
  args.forEach((arg, at) => {
    const { type, direction } = call.params[at] as Param;
    const [outer, inner] = [`a${at}`, `b${at}`];
    taken.push(`${direction} ${glslType(arg.type)} ${outer}`);
    if (sameType(arg.type, type)) {
      passed.push(outer);
      return;
    }
    const start = { code: outer, type: arg.type };
    const value = direction === "inout" ? ` = ${converted(module, start, type).code}` : "";
    before.push(`${glslType(type)} ${inner}${value};`);
    passed.push(inner);
    after.push(`${outer} = ${converted(module, { code: inner, type }, arg.type).code};`);
  });
  const isVoid = call.returns.kind === "void";
  const result = isVoid ? "" : `${glslType(call.returns)} r = `;
  const body = [
    ...before,
    `${result}${call.glsl}(${passed.join(", ")});`,
    ...after,
    ...(isVoid ? [] : ["return r;"]),
  ];
  const head = `${glslType(call.returns)} ${name}(${taken.join(", ")})`;
  module.functions.push(`${head} { ${body.join(" ")} }`);
  return name;
}

/** Writes an overload's function, unless that has been done. */
export type WriteFunction = (overload: Overload) => void;

/** The overload that fits best, or null if none takes these arguments. */
export function chosen(group: FunctionGroup, args: readonly Value[]): Overload | null {
  let best: Overload | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  for (const overload of group.overloads.values()) {
    const cost = costOf(overload, args);
    if (cost >= lowest) continue;
    lowest = cost;
    best = overload;
  }
  return best;
}

function costOf({ params, defaults }: Overload, args: readonly Value[]): number {
  const missing = params.slice(args.length);
  const complete = missing.every((_, at) => defaults[args.length + at]);
  if (args.length > params.length || !complete) return Number.POSITIVE_INFINITY;
  return args.reduce(
    (sum, arg, at) => sum + conversionCost(arg.type, (params[at] as Param).type),
    0,
  );
}

function conversionCost(from: Type, to: Type): number {
  if (sameType(from, to)) return 0;
  if (from.kind !== "numeric" || to.kind !== "numeric") return Number.POSITIVE_INFINITY;
  const base = from.base === to.base ? 0 : to.base === "float" ? 1 : 2;
  return base + shapeCost(from, to);
}

function shapeCost(from: NumericType, to: NumericType): number {
  if (from.size === to.size && from.rows === to.rows) return 0;
  if (isScalar(from)) return 4;
  if (isMatrix(from) !== isMatrix(to) && !isScalar(to)) {
    return numCells(from) === numCells(to) ? 8 : Number.POSITIVE_INFINITY;
  }
  return to.size <= from.size && to.rows <= from.rows ? 16 : Number.POSITIVE_INFINITY;
}

/** The call of one of the preset's own functions. */
export function callOverload(module: Module, overload: Overload, args: readonly Value[]): Value {
  const { glsl, returns, params } = overload;
  return callWithOuts(module, { glsl, returns, params, args });
}

export function describe(args: readonly Value[]): string {
  return args.map(({ type }) => hlslType(type)).join(", ");
}
