// Values made of others: constructors, casts, lists of initial values.

import type { NumericType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import type { Module } from "./module.ts";
import {
  type ArrayType,
  arrayLength,
  glslType,
  hlslType,
  isMatrix,
  isScalar,
  numCells,
  sameType,
  type Type,
} from "./types.ts";
import {
  constant,
  converted,
  convertedNumber,
  filled,
  type NumericValue,
  numericValue,
  type Value,
} from "./values.ts";

/** `float3(a, b)`. */
export function construct(module: Module, type: Type, args: readonly Value[]): Value {
  if (type.kind !== "numeric") module.fail(`${hlslType(type)} has no constructor`);
  const values = args.map((value) => numericValue(module, value));
  const [only] = values;
  if (only === undefined) module.fail(`${hlslType(type)}() of nothing`);
  if (values.length === 1) return convertedNumber(module, only, type);
  const given = values.reduce((sum, value) => sum + numCells(value.type), 0);
  if (given !== numCells(type)) {
    module.fail(`${hlslType(type)} takes ${numCells(type)} numbers, not ${given}`);
  }
  const same = values.every((value) => value.constant === only.constant);
  const code = `${glslType(type)}(${values.map((value) => cellsOf(value)).join(", ")})`;
  return same && only.constant !== undefined
    ? { code, type, constant: only.constant }
    : { code, type };
}

/** The value as an argument of GLSL's constructors, which take matrices only alone. */
function cellsOf({ code, type }: NumericValue): string {
  if (!isMatrix(type)) return code;
  return Array.from({ length: type.rows }, (_, row) => `${code}[${row}]`).join(", ");
}

/** `(float2)v`; a structure or an array is filled with a number. */
export function cast(module: Module, type: Type, value: Value): Value {
  const fills = value.type.kind === "numeric" && isScalar(value.type);
  if (type.kind === "numeric" || !fills) return converted(module, value, type);
  return filled(module, type, numericValue(module, value));
}

/** One value of an initial list, and where in it the next number lies. */
interface Item {
  readonly value: Value;
  used: number;
}

/** A value of this type from a flat list, whatever braces were in it. */
export function fromList(module: Module, type: Type, values: readonly Value[]): Value {
  const items = values.map((value) => ({ value, used: 0 }));
  const result = taken(module, type, items);
  if (items.length > 0) module.fail("there are too many initial values");
  return result;
}

function taken(module: Module, type: Type, items: Item[]): Value {
  const [next] = items;
  if (next === undefined) module.fail("there are too few initial values");
  if (next.used === 0 && sameType(next.value.type, type)) return whole(items);
  const parts = partsOf(next.value);
  if (parts !== null) {
    items.splice(0, 1, ...parts.map((value) => ({ value, used: 0 })));
    return taken(module, type, items);
  }
  if (type.kind === "array") {
    return { code: arrayOf(type, elements(module, type, items)), type };
  }
  if (type.kind === "struct") {
    const fields = type.fields.map((field) => taken(module, field.type, items).code);
    return { code: `${type.glsl}(${fields.join(", ")})`, type };
  }
  if (type.kind !== "numeric") module.fail(`${hlslType(type)} has no initial value`);
  return takenNumber(module, type, items);
}

/** Elements of an array, fields of a structure; null of anything else. */
function partsOf({ code, type }: Value): Value[] | null {
  if (type.kind === "struct") {
    return type.fields.map((field) => ({ code: `${code}.${field.glsl}`, type: field.type }));
  }
  if (type.kind !== "array") return null;
  return Array.from({ length: arrayLength(type) }, (_, at) => {
    return { code: `${code}[${at}]`, type: type.element };
  });
}

function whole(items: Item[]): Value {
  return (items.shift() as Item).value;
}

function elements(module: Module, type: ArrayType, items: Item[]): Value[] {
  return Array.from({ length: arrayLength(type) }, () => taken(module, type.element, items));
}

function arrayOf(type: ArrayType, values: readonly Value[]): string {
  return `${glslType(type)}(${values.map(({ code }) => code).join(", ")})`;
}

function takenNumber(module: Module, type: NumericType, items: Item[]): Value {
  const cells: Value[] = [];
  for (let missing = numCells(type); missing > 0; ) {
    const [item] = items;
    if (item === undefined) module.fail("there are too few initial values");
    const value = numericValue(module, item.value);
    const size = numCells(value.type);
    if (item.used === 0 && size <= missing) {
      cells.push(whole(items));
      missing -= size;
    } else {
      cells.push(cell(module, value, item.used));
      item.used += 1;
      missing -= 1;
      if (item.used === size) items.shift();
    }
  }
  return construct(module, type, cells);
}

function cell(module: Module, value: NumericValue, at: number): NumericValue {
  const { code, type } = value;
  if (isScalar(type)) return value;
  if (value.constant !== undefined) return constant(value.constant, type.base);
  if (!isMatrix(type)) return { code: `${code}.${"xyzw"[at]}`, type: numeric(type.base) };
  if (code.includes("(")) module.fail("a matrix in the middle of initial values");
  const row = Math.floor(at / type.size);
  return { code: `${code}[${row}][${at % type.size}]`, type: numeric("float") };
}

/** Numbers that a type takes from a list, to find the length of `a[] = {...}`. */
export function numNumbers(type: Type): number {
  if (type.kind === "numeric") return numCells(type);
  if (type.kind === "array") return arrayLength(type) * numNumbers(type.element);
  if (type.kind === "struct") {
    return type.fields.reduce((sum, field) => sum + numNumbers(field.type), 0);
  }
  return 1;
}
