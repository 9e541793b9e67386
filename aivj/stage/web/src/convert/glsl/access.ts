// Parts of values: components, cells of matrices, elements of arrays, fields of structures.

import { numeric } from "../syntax/type_names.ts";
import type { Module } from "./module.ts";
import { type ArrayType, glslType, hlslType, INT, isMatrix, isScalar } from "./types.ts";
import {
  type Cell,
  convertedNumber,
  type NumericValue,
  numericValue,
  type Place,
  type Value,
} from "./values.ts";

/** Pairs a value with the place that its whole can be written at. */
function withPlace(value: Value, place: Place | undefined): Value {
  return place === undefined ? value : { ...value, place };
}

export function member(module: Module, object: Value, name: string): Value {
  if (object.type.kind === "struct") {
    const field = object.type.fields.find((known) => known.name === name);
    if (field === undefined) module.fail(`the structure has no field '${name}'`);
    return withPlace({ code: `${object.code}.${field.glsl}`, type: field.type }, object.place);
  }
  const value = numericValue(module, object);
  return isMatrix(value.type) ? cellsOf(module, value, name) : swizzle(module, value, name);
}

function swizzle(module: Module, value: NumericValue, name: string): Value {
  const { code, type, place } = value;
  const letters = /^[xyzw]{1,4}$/.test(name) ? "xyzw" : "rgba";
  const cells = [...name].map((letter) => letters.indexOf(letter));
  if (name.length > 4 || cells.some((cell) => cell < 0 || cell >= type.size)) {
    module.fail(`${hlslType(type)} has no '${name}'`);
  }
  const result = numeric(type.base, name.length);
  const once = new Set(cells).size === cells.length ? place : undefined;
  if (!isScalar(type)) return withPlace({ code: `${code}.${name}`, type: result }, once);
  if (name.length === 1) return value;
  return convertedNumber(module, value, result);
}

/** `m._m01`, `m._12`, and several such in a row. */
function cellsOf(module: Module, matrix: NumericValue, name: string): Value {
  const fromZero = /^(?:_m[0-3][0-3])+$/.test(name);
  if (!fromZero && !/^(?:_[1-4][1-4])+$/.test(name)) {
    module.fail(`${hlslType(matrix.type)} has no '${name}'`);
  }
  const digits = [...name.replace(/[_m]/g, "")].map((digit) => Number(digit) - (fromZero ? 0 : 1));
  const cells: Cell[] = [];
  for (let at = 0; at < digits.length; at += 2) cells.push([digits[at] ?? 0, digits[at + 1] ?? 0]);
  const outside = cells.some(([row, cell]) => row >= matrix.type.rows || cell >= matrix.type.size);
  if (outside || cells.length > 4) module.fail(`${hlslType(matrix.type)} has no '${name}'`);
  const [only] = cells;
  if (only !== undefined && cells.length === 1) {
    const code = `${matrix.code}[${only[0]}][${only[1]}]`;
    return withPlace({ code, type: numeric("float") }, matrix.place);
  }
  return cellsTogether(module, matrix, cells);
}

function cellsTogether(module: Module, matrix: NumericValue, cells: readonly Cell[]): Value {
  const type = numeric("float", cells.length);
  const name = `hl_get${cells.map((cell) => cell.join("")).join("_")}`;
  const read = cells.map(([row, cell]) => `a[${row}][${cell}]`).join(", ");
  const vector = glslType(type);
  module.helper(`${vector} ${name}(${glslType(matrix.type)} a) { return ${vector}(${read}); }`);
  const once = new Set(cells.map(String)).size === cells.length;
  const value: Value = { code: `${name}(${matrix.code})`, type };
  return once && matrix.place ? { ...value, place: { kind: "cells", matrix, cells } } : value;
}

export function element(module: Module, object: Value, index: Value): Value {
  const at = convertedNumber(module, numericValue(module, index), INT);
  if (object.type.kind === "array") return arrayElement(module, object, object.type, at);
  const value = numericValue(module, object);
  const { type } = value;
  const length = isMatrix(type) ? type.rows : type.size;
  if (at.constant !== undefined && (at.constant < 0 || at.constant >= length)) {
    module.fail(`${hlslType(type)} has no [${at.constant}]`);
  }
  if (isScalar(type)) return value;
  const result = isMatrix(type) ? numeric("float", type.size) : numeric(type.base);
  return withPlace({ code: `${value.code}[${at.code}]`, type: result }, value.place);
}

/** An element, or with fewer indices than the array has, what they have found so far. */
function arrayElement(module: Module, object: Value, type: ArrayType, at: NumericValue): Value {
  const [length = 0, ...rest] = type.lengths;
  if (at.constant !== undefined && (at.constant < 0 || at.constant >= length)) {
    module.fail(`an array of ${length} has no [${at.constant}]`);
  }
  const { array, index } = object.row ?? { array: object.code, index: "0" };
  const found = object.row === undefined ? at.code : `${index} * ${length} + ${at.code}`;
  if (rest.length === 0) {
    return withPlace({ code: `${array}[${found}]`, type: type.element }, object.place);
  }
  const row: ArrayType = { ...type, lengths: rest };
  return withPlace({ code: "", type: row, row: { array, index: `(${found})` } }, object.place);
}
