// HLSL's declarations: variables, functions, structures, other names for types.

import type { Cursor } from "./cursor.ts";
import { readInitialValue, readItems, readLengths } from "./expressions.ts";
import { readBlock } from "./statements.ts";
import type {
  AliasDefinition,
  Declaration,
  Declarator,
  Definition,
  FunctionDefinition,
  Parameter,
  StructureDefinition,
  WrittenType,
} from "./tree.ts";
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

/** True if a declaration of variables starts here, and not a constructor such as `float2(1, 2)`. */
export function isDeclaration(cursor: Cursor): boolean {
  let ahead = 0;
  while (
    /^(?:static|const|uniform|volatile|precise|row_major|column_major)$/.test(cursor.text(ahead))
  ) {
    ahead += 1;
  }
  if (ahead > 0) return true;
  return startsType(cursor) && cursor.text(1) !== "(";
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

/** Reads a declaration of variables with its semicolon. */
export function readDeclaration(cursor: Cursor): Declaration {
  const { line } = cursor;
  const isConst = readQualifiers(cursor);
  if (!startsType(cursor)) cursor.fail(`expected a type before '${cursor.text()}'`);
  return readVariables(cursor, readType(cursor), isConst, line);
}

function readVariables(
  cursor: Cursor,
  type: WrittenType,
  isConst: boolean,
  line: number,
): Declaration {
  const declarators: Declarator[] = [];
  do declarators.push(readDeclarator(cursor));
  while (cursor.accept(","));
  cursor.expect(";");
  return { kind: "declare", line, type, isConst, declarators };
}

function readDeclarator(cursor: Cursor): Declarator {
  const { line } = cursor;
  const name = cursor.word();
  cursor.variableNames.add(name);
  const lengths = readLengths(cursor);
  skipSemantics(cursor);
  // Annotations and the states of a sampler say nothing to us.
  if (cursor.accept("<")) cursor.skipBehind(">");
  if (cursor.accept("{")) cursor.skipBehind("}");
  const hasValue = cursor.accept("=");
  if (hasValue && cursor.accept("sampler_state")) {
    cursor.expect("{");
    cursor.skipBehind("}");
    return { name, line, lengths, value: null };
  }
  return { name, line, lengths, value: hasValue ? readInitialValue(cursor) : null };
}

/** `: TEXCOORD0`, `: register(c0)`. */
function skipSemantics(cursor: Cursor): void {
  while (cursor.accept(":")) {
    cursor.word();
    if (cursor.accept("(")) cursor.skipBehind(")");
  }
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

/** Reads a structure, and the variables that are declared together with it. */
export function readStructure(cursor: Cursor): (StructureDefinition | Declaration)[] {
  const { line } = cursor;
  cursor.expect("struct");
  const name = cursor.kind() === "word" ? cursor.take() : `struct_${line}`;
  cursor.expect("{");
  const fields: Declaration[] = [];
  while (!cursor.accept("}")) fields.push(readDeclaration(cursor));
  cursor.typeNames.add(name);
  const structure: StructureDefinition = { kind: "struct", line, name, fields };
  if (cursor.accept(";")) return [structure];
  return [structure, readVariables(cursor, { kind: "named", name }, false, line)];
}

/** Reads what follows `typedef`. */
export function readAlias(cursor: Cursor, line: number): AliasDefinition {
  readQualifiers(cursor);
  if (!startsType(cursor)) cursor.fail(`expected a type before '${cursor.text()}'`);
  const type = readType(cursor);
  const declarator = readDeclarator(cursor);
  cursor.expect(";");
  cursor.variableNames.delete(declarator.name);
  cursor.typeNames.add(declarator.name);
  return { kind: "alias", line, type, declarator };
}
