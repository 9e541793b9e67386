// Values: GLSL text with its type, and how one becomes a value of another type.

import type { Base, NumericType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import type { Module } from "./module.ts";
import {
  type ArrayType,
  arrayLength,
  commonShape,
  FLOAT,
  glslType,
  hlslType,
  isMatrix,
  isScalar,
  numCells,
  type StructureType,
  sameType,
  type Type,
  withBase,
} from "./types.ts";

export interface Value {
  /** GLSL that can stand before a dot, in brackets or as an operand. */
  readonly code: string;
  readonly type: Type;
  /** The number that it always is, or that all of its components always are. */
  readonly constant?: number;
  /** Where it can be written. */
  readonly place?: Place;
  /** Of an array within an array, which GLSL cannot name: where its elements are. */
  readonly row?: { readonly array: string; readonly index: string };
}

export interface NumericValue extends Value {
  readonly type: NumericType;
}

export type Place =
  | { readonly kind: "variable" }
  /** A uniform, which cannot be written before it has become a variable. */
  | { readonly kind: "uniform"; readonly name: string }
  /** Several cells of a matrix, which GLSL cannot name together. */
  | { readonly kind: "cells"; readonly matrix: NumericValue; readonly cells: readonly Cell[] };

/** Row and column, from 0. */
export type Cell = readonly [row: number, column: number];

/** Text of a number, as the type writes it. */
function literal(value: number, base: Base): string {
  if (base === "bool") return value === 0 ? "false" : "true";
  // What is larger than 32 bits is cut, as GLSL refuses it.
  if (base === "int") return value < 0 ? `(${Math.trunc(value) | 0})` : `${Math.trunc(value) | 0}`;
  const text = Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : `${value}`;
  const written = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 ? `(${written})` : written;
}

export function constant(value: number, base: Base): NumericValue {
  return { code: literal(value, base), type: numeric(base), constant: value };
}

/** Returns `value` if it is a number, vector or matrix. */
export function numericValue(module: Module, value: Value): NumericValue {
  if (value.type.kind === "numeric") return value as NumericValue;
  module.fail(`${hlslType(value.type)} is no number`);
}

/**
 * Brings a value to a type by HLSL's implicit conversions: a scalar fills a vector or matrix, what is
 * too long is cut.
 */
export function converted(module: Module, value: Value, type: Type): Value {
  if (value.row !== undefined) module.fail("a row of an array cannot stand alone");
  if (sameType(value.type, type)) return value;
  if (value.type.kind === "numeric" && type.kind === "numeric") {
    return convertedNumber(module, value as NumericValue, type);
  }
  module.fail(`${hlslType(value.type)} does not become ${hlslType(type)}`);
}

export function convertedNumber(
  module: Module,
  value: NumericValue,
  type: NumericType,
): NumericValue {
  if (sameType(value.type, type)) return value;
  if (value.constant !== undefined && numCells(value.type) >= numCells(type)) {
    const cell = constantIn(value.constant, type.base);
    if (isScalar(type)) return constant(cell, type.base);
  }
  const code = conversion(module, value, type);
  if (code === null) {
    module.fail(`${hlslType(value.type)} does not become ${hlslType(type)}`);
  }
  const kept =
    value.constant === undefined ? {} : { constant: constantIn(value.constant, type.base) };
  return { code, type, ...kept };
}

function constantIn(value: number, base: Base): number {
  if (base === "bool") return Number(value !== 0);
  return base === "int" ? Math.trunc(value) : value;
}

function conversion(module: Module, value: NumericValue, type: NumericType): string | null {
  const { code, type: from } = value;
  if (isScalar(from)) return fromScalar(module, value, type);
  if (isMatrix(from)) return fromMatrix(module, value, type);
  if (isScalar(type)) return from.base === type.base ? `${code}.x` : `${type.base}(${code}.x)`;
  if (isMatrix(type))
    return numCells(from) === numCells(type) ? `${glslType(type)}(${code})` : null;
  if (from.size < type.size) return null;
  const cut = from.size === type.size ? code : `${code}.${"xyzw".slice(0, type.size)}`;
  return from.base === type.base ? cut : `${glslType(type)}(${cut})`;
}

function fromScalar(module: Module, value: NumericValue, type: NumericType): string {
  if (isScalar(type)) return `${type.base}(${value.code})`;
  if (!isMatrix(type)) {
    const cell = value.constant === undefined ? value.code : literal(value.constant, type.base);
    return `${glslType(type)}(${cell})`;
  }
  const matrix = glslType(type);
  const row = `vec${type.size}(a)`;
  const rows = Array(type.rows).fill(row).join(", ");
  const name = `hl_fill${type.rows}x${type.size}`;
  module.helper(`${matrix} ${name}(float a) { return ${matrix}(${rows}); }`);
  return `${name}(${convertedNumber(module, value, FLOAT).code})`;
}

function fromMatrix(module: Module, value: NumericValue, type: NumericType): string | null {
  const { code, type: from } = value;
  if (isMatrix(type)) {
    const fits = type.rows <= from.rows && type.size <= from.size;
    return fits ? `${glslType(type)}(${code})` : null;
  }
  if (isScalar(type))
    return type.base === "float" ? `${code}[0][0]` : `${type.base}(${code}[0][0])`;
  if (numCells(from) !== numCells(type)) return null;
  module.helper("vec4 hl_cells2x2(mat2 a) { return vec4(a[0], a[1]); }");
  const cells = `hl_cells2x2(${code})`;
  return type.base === "float" ? cells : `${glslType(type)}(${cells})`;
}

/** Brings numbers to one type, that of their common size and `base` or their common base. */
export function alike(
  module: Module,
  values: readonly NumericValue[],
  base?: Base,
): NumericValue[] {
  const shape = commonType(module, values);
  const type = base === undefined ? shape : withBase(shape, base);
  return values.map((value) => convertedNumber(module, value, type));
}

export function commonType(module: Module, values: readonly NumericValue[]): NumericType {
  const [first, ...rest] = values;
  let shape = first?.type ?? FLOAT;
  for (const { type } of rest) {
    const next = commonShape(shape, type);
    if (next === null) module.fail(`${hlslType(shape)} and ${hlslType(type)} do not go together`);
    shape = next;
  }
  return shape;
}

/** A value of this type with `cell` in all its places. */
export function filled(module: Module, type: Type, cell: NumericValue): Value {
  if (type.kind === "numeric") return convertedNumber(module, cell, type);
  if (type.kind === "struct") return filledStructure(module, type, cell);
  if (type.kind === "array") return filledArray(module, type, cell);
  module.fail(`${hlslType(type)} has no value`);
}

function filledStructure(module: Module, type: StructureType, cell: NumericValue): Value {
  const fields = type.fields.map((field) => filled(module, field.type, cell).code);
  return { code: `${type.glsl}(${fields.join(", ")})`, type };
}

function filledArray(module: Module, type: ArrayType, cell: NumericValue): Value {
  const element = filled(module, type.element, cell).code;
  const elements = Array(arrayLength(type)).fill(element).join(", ");
  return { code: `${glslType(type)}(${elements})`, type };
}
