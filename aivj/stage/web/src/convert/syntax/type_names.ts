// HLSL's types by name. One precision: `half`, `fixed` and `double` are `float` here.

import type { Cursor } from "./cursor.ts";
import type { Base, NumericType, WrittenType } from "./tree.ts";

const NUMERIC =
  /^(float|half|double|fixed|min16float|min10float|int|uint|dword|min16int|min12int|min16uint|bool)([1-4]?)(?:x([1-4]))?$/;
const SAMPLER = /^sampler(?:1d|2d|3d|cube)?$/i;
const OPAQUE = /^(?:string|texture(?:1d|2d|3d|cube)?)$/i;

/** Words before a type that change nothing for us. `const` is told apart. */
const QUALIFIERS = new Set(
  (
    "static uniform extern inline volatile shared groupshared precise nointerpolation linear " +
    "row_major column_major snorm unorm const"
  ).split(" "),
);

export function numeric(base: Base, size = 1, rows = 0): NumericType {
  return { kind: "numeric", base, size, rows };
}

/** A matrix of one row or one column is a vector, that of one cell a number. */
function shaped(base: Base, rows: number, columns: number): NumericType {
  if (rows === 1 || columns === 1) return numeric(base, Math.max(rows, columns));
  return numeric("float", columns, rows);
}

function baseOf(name: string): Base {
  if (name === "bool") return "bool";
  return /int|dword/.test(name) ? "int" : "float";
}

/** Reads qualifiers; returns whether `const` was among them. */
export function readQualifiers(cursor: Cursor): boolean {
  let isConst = false;
  while (QUALIFIERS.has(cursor.text()) && cursor.kind(1) === "word") {
    if (cursor.take() === "const") isConst = true;
  }
  return isConst;
}

export function startsType(cursor: Cursor, ahead = 0): boolean {
  const text = cursor.text(ahead);
  const next = cursor.text(ahead + 1);
  if (cursor.variableNames.has(text)) return false;
  if (/^(?:vector|matrix)$/.test(text)) return next === "<" || cursor.kind(ahead + 1) === "word";
  if (text === "unsigned") return /^(?:int|dword)/.test(next);
  return (
    NUMERIC.test(text) ||
    SAMPLER.test(text) ||
    text === "void" ||
    cursor.typeNames.has(text) ||
    (OPAQUE.test(text) && cursor.kind(ahead + 1) === "word")
  );
}

/** Reads the type at the cursor, where `startsType` has said that there is one. */
export function readType(cursor: Cursor): WrittenType {
  cursor.accept("unsigned");
  const name = cursor.take();
  if (name === "vector" || name === "matrix") return readTemplate(cursor, name);
  if (cursor.typeNames.has(name)) return { kind: "named", name };
  if (name === "void") return { kind: "void" };
  if (/^sampler3d$/i.test(name)) return { kind: "sampler", dimension: "3D" };
  if (SAMPLER.test(name)) return { kind: "sampler", dimension: "2D" };
  const [, word, rows = "", columns = ""] = NUMERIC.exec(name) ?? [];
  if (word === undefined) return { kind: "opaque" };
  const base = baseOf(word);
  if (columns !== "") return shaped(base, Number(rows), Number(columns));
  return numeric(base, rows === "" ? 1 : Number(rows));
}

/** `<float, 3>` behind `vector`, `<float, 2, 3>` behind `matrix`; without, four of each. */
function readTemplate(cursor: Cursor, name: "vector" | "matrix"): WrittenType {
  if (!cursor.accept("<")) return name === "vector" ? numeric("float", 4) : numeric("float", 4, 4);
  const element = startsType(cursor) ? readType(cursor) : null;
  if (element?.kind !== "numeric" || element.size !== 1) cursor.fail(`${name} of what?`);
  const sizes: number[] = [];
  while (cursor.accept(",")) sizes.push(Number(cursor.take()));
  cursor.expect(">");
  const wanted = name === "vector" ? 1 : 2;
  if (sizes.length !== wanted || !sizes.every((size) => [1, 2, 3, 4].includes(size))) {
    cursor.fail(`a ${name} has ${wanted === 1 ? "a size" : "two sizes"} of 1 to 4`);
  }
  const [rows = 1, columns = 1] = sizes;
  return wanted === 1 ? numeric(element.base, rows) : shaped(element.base, rows, columns);
}
