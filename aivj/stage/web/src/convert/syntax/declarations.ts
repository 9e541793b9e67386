// HLSL's declarations that may stand anywhere: variables, structures, other names for types.

import type { Cursor } from "./cursor.ts";
import { readInitialValue, readLengths } from "./expressions.ts";
import type {
  AliasDefinition,
  Declaration,
  Declarator,
  StructureDefinition,
  WrittenType,
} from "./tree.ts";
import { readQualifiers, readType, startsType } from "./type_names.ts";

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

/** Reads a declaration of variables with its semicolon. */
export function readDeclaration(cursor: Cursor): Declaration {
  const { line } = cursor;
  const isConst = readQualifiers(cursor);
  if (!startsType(cursor)) cursor.fail(`expected a type before '${cursor.text()}'`);
  return readVariables(cursor, readType(cursor), isConst, line);
}

/** Reads the variables of a type that was read, with their semicolon. */
export function readVariables(
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
export function skipSemantics(cursor: Cursor): void {
  while (cursor.accept(":")) {
    cursor.word();
    if (cursor.accept("(")) cursor.skipBehind(")");
  }
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
