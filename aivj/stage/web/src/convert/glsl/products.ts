// mul(): HLSL's products of vectors and matrices.

import { numeric } from "../syntax/type_names.ts";
import type { Module } from "./module.ts";
import { binary } from "./operators.ts";
import { isMatrix, isScalar } from "./types.ts";
import { convertedNumber, type NumericValue, numericValue, type Value } from "./values.ts";

/**
 * Matrices are transposed here (see types.ts), so the operands change over. Where the sides that
 * meet differ in length, the longer is cut.
 */
export function product(module: Module, args: readonly Value[]): Value {
  if (args.length !== 2) module.fail(`mul() takes 2 arguments, not ${args.length}`);
  const [left, right] = args.map((value) => numericValue(module, value)) as [
    NumericValue,
    NumericValue,
  ];
  if (isScalar(left.type) || isScalar(right.type)) return binary(module, "*", left, right);
  const a = isMatrix(left.type);
  const b = isMatrix(right.type);
  if (a && b) return ofMatrices(module, left, right);
  if (a) return matrixByVector(module, left, right);
  return b ? vectorByMatrix(module, left, right) : ofVectors(module, left, right);
}

function ofVectors(module: Module, left: NumericValue, right: NumericValue): Value {
  const type = numeric("float", Math.min(left.type.size, right.type.size));
  const [a, b] = [left, right].map((value) => convertedNumber(module, value, type).code);
  return { code: `dot(${a}, ${b})`, type: numeric("float") };
}

function vectorByMatrix(module: Module, left: NumericValue, right: NumericValue): Value {
  const shared = Math.min(left.type.size, right.type.rows);
  const row = convertedNumber(module, left, numeric("float", shared));
  const matrix = convertedNumber(module, right, numeric("float", right.type.size, shared));
  return { code: `(${matrix.code} * ${row.code})`, type: numeric("float", right.type.size) };
}

function matrixByVector(module: Module, left: NumericValue, right: NumericValue): Value {
  const shared = Math.min(left.type.size, right.type.size);
  const matrix = convertedNumber(module, left, numeric("float", shared, left.type.rows));
  const column = convertedNumber(module, right, numeric("float", shared));
  return { code: `(${column.code} * ${matrix.code})`, type: numeric("float", left.type.rows) };
}

function ofMatrices(module: Module, left: NumericValue, right: NumericValue): Value {
  const shared = Math.min(left.type.size, right.type.rows);
  const a = convertedNumber(module, left, numeric("float", shared, left.type.rows));
  const b = convertedNumber(module, right, numeric("float", right.type.size, shared));
  const type = numeric("float", right.type.size, left.type.rows);
  return { code: `(${b.code} * ${a.code})`, type };
}
