// What stands outside functions in HLSL: declarations, and the functions themselves.

import type { Cursor } from "./cursor.ts";
import { readAlias, readStructure, readVariables, skipSemantics } from "./declarations.ts";
import { readInitialValue, readItems, readLengths } from "./expressions.ts";
import { readBlock } from "./statements.ts";
import type { Definition, FunctionDefinition, Parameter, WrittenType } from "./tree.ts";
import { readQualifiers, readType, startsType } from "./type_names.ts";

/** Reads everything that may stand outside functions. */
export function readDefinitions(cursor: Cursor): Definition[] {
  const definitions: Definition[] = [];
  while (!cursor.atEnd) {
    const { line } = cursor;
    if (cursor.accept(";")) continue;
    if (cursor.text() === "struct") definitions.push(...readStructure(cursor));
    else if (cursor.accept("typedef")) definitions.push(readAlias(cursor, line));
    else if (cursor.accept("technique")) skipTechnique(cursor);
    else definitions.push(readDefinition(cursor));
  }
  return definitions;
}

function skipTechnique(cursor: Cursor): void {
  cursor.skipBehind("{");
  cursor.skipBehind("}");
}

function readDefinition(cursor: Cursor): Definition {
  const { line } = cursor;
  // An attribute such as [noinline].
  while (cursor.accept("[")) cursor.skipBehind("]");
  const isConst = readQualifiers(cursor);
  if (cursor.text() === "struct") cursor.fail("a structure is declared apart from its variables");
  if (!startsType(cursor)) cursor.fail(`expected a type before '${cursor.text()}'`);
  const type = readType(cursor);
  if (cursor.text(1) === "(") return readFunction(cursor, type);
  return readVariables(cursor, type, isConst, line);
}

function readFunction(cursor: Cursor, type: WrittenType): FunctionDefinition {
  const { line } = cursor;
  const name = cursor.word();
  cursor.expect("(");
  const onlyVoid = cursor.text() === "void" && cursor.text(1) === ")";
  if (onlyVoid) cursor.take();
  const params = readItems(cursor, ")", () => readParameter(cursor));
  skipSemantics(cursor);
  const body = cursor.accept(";") ? null : readBlock(cursor);
  return { kind: "function", line, name, type, params, body };
}

function readParameter(cursor: Cursor): Parameter {
  const { line } = cursor;
  let direction: Parameter["direction"] = "in";
  for (;;) {
    readQualifiers(cursor);
    const text = cursor.text();
    if (text !== "in" && text !== "out" && text !== "inout") break;
    direction = direction === "in" || direction === text ? text : "inout";
    cursor.take();
  }
  if (!startsType(cursor)) cursor.fail(`expected a type before '${cursor.text()}'`);
  const type = readType(cursor);
  const name = cursor.kind() === "word" ? cursor.take() : "";
  cursor.variableNames.add(name);
  const lengths = readLengths(cursor);
  skipSemantics(cursor);
  const value = cursor.accept("=") ? readInitialValue(cursor) : null;
  return { name, line, type, lengths, direction, value };
}
