// What a value is, and GLSL's name for that.
//
// A matrix of HLSL is kept transposed: its rows are GLSL's columns. So `m[i]` is the same row in
// both, and both fill it from the same list of cells.

import type { Base, NumericType, SamplerType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";

export interface Field {
  readonly name: string;
  /** Its name in the finished shader. */
  readonly glsl: string;
  readonly type: Type;
}

export interface StructureType {
  readonly kind: "struct";
  readonly glsl: string;
  readonly fields: readonly Field[];
}

/** GLSL ES has no arrays of arrays: an element is found by all indices together. */
export interface ArrayType {
  readonly kind: "array";
  readonly element: Exclude<Type, ArrayType>;
  readonly lengths: readonly number[];
}

export type Type =
  | NumericType
  | SamplerType
  | StructureType
  | ArrayType
  | { readonly kind: "void" }
  | { readonly kind: "opaque" };

export const FLOAT = numeric("float");
export const INT = numeric("int");
export const BOOL = numeric("bool");

export function isScalar(type: NumericType): boolean {
  return type.rows === 0 && type.size === 1;
}

export function isMatrix(type: NumericType): boolean {
  return type.rows > 0;
}

/** Numbers in a value of this type. */
export function numCells(type: NumericType): number {
  return type.size * Math.max(type.rows, 1);
}

export function sameType(a: Type, b: Type): boolean {
  return glslType(a) === glslType(b);
}

export function withBase(type: NumericType, base: Base): NumericType {
  return { ...type, base: isMatrix(type) ? "float" : base };
}

const VECTORS: Record<Base, string> = { float: "vec", int: "ivec", bool: "bvec" };

export function glslType(type: Type): string {
  switch (type.kind) {
    case "numeric":
      if (isMatrix(type)) {
        return type.rows === type.size ? `mat${type.rows}` : `mat${type.rows}x${type.size}`;
      }
      return type.size === 1 ? type.base : VECTORS[type.base] + type.size;
    case "sampler":
      return `sampler${type.dimension}`;
    case "struct":
      return type.glsl;
    case "array":
      return `${glslType(type.element)}[${arrayLength(type)}]`;
    default:
      return type.kind;
  }
}

/** HLSL's name of a type, for messages. */
export function hlslType(type: Type): string {
  if (type.kind !== "numeric") return type.kind === "struct" ? "a structure" : `a ${type.kind}`;
  if (isMatrix(type)) return `${type.base}${type.rows}x${type.size}`;
  return type.size === 1 ? type.base : type.base + type.size;
}

export function arrayLength(type: ArrayType): number {
  return type.lengths.reduce((product, length) => product * length, 1);
}

/** The larger of two bases: a truth value reckons as a whole number, that as a number. */
function commonBase(a: Base, b: Base): Base {
  if (a === "float" || b === "float") return "float";
  return a === "int" || b === "int" ? "int" : "bool";
}

/**
 * The type that two operands are brought to, as far as size goes: a scalar to the other's, vectors
 * and matrices to what both have. Null if HLSL has none.
 */
export function commonShape(a: NumericType, b: NumericType): NumericType | null {
  const base = commonBase(a.base, b.base);
  if (isScalar(a)) return withBase(b, base);
  if (isScalar(b)) return withBase(a, base);
  if (isMatrix(a) !== isMatrix(b)) {
    return numCells(a) === numCells(b) ? (isMatrix(a) ? a : b) : null;
  }
  return numeric(base, Math.min(a.size, b.size), Math.min(a.rows, b.rows));
}
