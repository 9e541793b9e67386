// Functions that work component by component, and what their calls share.

import type { NumericType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import type { Module } from "./module.ts";
import { glslType, hlslType, isMatrix, type Type } from "./types.ts";
import { alike, type NumericValue, numericValue, type Value } from "./values.ts";

/** Makes the call of a function of HLSL's. */
export type Intrinsic = (module: Module, args: readonly Value[]) => Value;

const LETTERS = "abcd";

/**
 * A function that works component by component.
 *
 * @param expression GLSL of its arguments a, b, c; `T` stands for their type.
 * @param keepsInts Whether whole numbers give a whole number.
 */
export function byComponent(
  name: string,
  count: number,
  expression: string,
  keepsInts = false,
): Intrinsic {
  const params = [...LETTERS].slice(0, count);
  const builtin = /^(\w+)\(a(?:, b)?(?:, c)?\)$/.exec(expression)?.[1];
  return (module, args) => {
    const values = numbers(module, name, args, count);
    const ints = keepsInts && values.every(({ type }) => type.base !== "float");
    const like = alike(module, values, ints ? "int" : "float");
    const { type } = like[0] as NumericValue;
    const row = isMatrix(type) ? numeric("float", type.size) : type;
    const called = builtin ?? `hl_${name}`;
    if (builtin === undefined) define(module, called, row, params, expression);
    const code = like.map((value) => value.code).join(", ");
    if (!isMatrix(type)) return { code: `${called}(${code})`, type };
    return { code: `${byRow(module, called, type, params)}(${code})`, type };
  };
}

function define(
  module: Module,
  name: string,
  type: NumericType,
  params: readonly string[],
  expression: string,
): void {
  const glsl = glslType(type);
  const taken = params.map((param) => `${glsl} ${param}`).join(", ");
  const body = expression.endsWith(";") ? expression : `return ${expression};`;
  module.helper(`${glsl} ${name}(${taken}) { ${body.replace(/\bT\b/g, glsl)} }`);
}

/** Defines the function for a matrix, which GLSL's own do not take; returns its name. */
function byRow(
  module: Module,
  called: string,
  type: NumericType,
  params: readonly string[],
): string {
  const glsl = glslType(type);
  const taken = params.map((param) => `${glsl} ${param}`).join(", ");
  const rows = Array.from({ length: type.rows }, (_, row) => {
    return `${called}(${params.map((param) => `${param}[${row}]`).join(", ")})`;
  });
  const name = `hl_rows_${called.replace(/^hl_/, "")}`;
  module.helper(`${glsl} ${name}(${taken}) { return ${glsl}(${rows.join(", ")}); }`);
  return name;
}

export function numbers(
  module: Module,
  name: string,
  args: readonly Value[],
  count: number,
): NumericValue[] {
  if (args.length !== count) {
    module.fail(`${name}() takes ${count} arguments, not ${args.length}`);
  }
  return args.map((value) => numericValue(module, value));
}

/** A function of vectors of one type whose result is of another. */
export function ofVectors(
  name: string,
  count: number,
  expression: string,
  returns: (type: NumericType) => Type,
): Intrinsic {
  return (module, args) => {
    const like = alike(module, numbers(module, name, args, count), "float");
    const { type } = like[0] as NumericValue;
    if (isMatrix(type)) module.fail(`${name}() takes no ${hlslType(type)}`);
    const result = returns(type);
    const glsl = glslType(type);
    const taken = [...LETTERS].slice(0, count).map((param) => `${glsl} ${param}`);
    const body = expression.replace(/\bT\b/g, glsl).replace(/\bN\b/g, `${type.size}`);
    const head = `${glslType(result)} hl_${name}(${taken.join(", ")})`;
    module.helper(`${head} { ${body.endsWith(";") ? body : `return ${body};`} }`);
    return { code: `hl_${name}(${like.map((value) => value.code).join(", ")})`, type: result };
  };
}
