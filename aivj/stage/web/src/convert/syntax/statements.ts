// HLSL's statements.

import type { Cursor } from "./cursor.ts";
import { isDeclaration, readAlias, readDeclaration, readStructure } from "./declarations.ts";
import { readExpression } from "./expressions.ts";
import type { Case, Declaration, Expression, Statement } from "./tree.ts";

/** Reads statements up to the brace that ends them, or to the last token. */
export function readStatements(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (!cursor.atEnd && cursor.text() !== "}") {
    const { line } = cursor;
    if (cursor.text() === "struct") statements.push(...readStructure(cursor));
    else if (cursor.accept("typedef")) statements.push(readAlias(cursor, line));
    else statements.push(readStatement(cursor));
  }
  return statements;
}

/** Reads `{ ... }`. */
export function readBlock(cursor: Cursor): Statement[] {
  cursor.expect("{");
  const body = cursor.nested(() => readStatements(cursor));
  cursor.expect("}");
  return body;
}

function readStatement(cursor: Cursor): Statement {
  return cursor.nested(() => {
    // [unroll], [loop] and the like are hints to Microsoft's compiler.
    while (cursor.accept("[")) cursor.skipBehind("]");
    const { line } = cursor;
    const text = cursor.text();
    if (text === "{") return { kind: "block", line, body: readBlock(cursor) };
    if (cursor.accept(";")) return { kind: "block", line, body: [] };
    const read = KEYWORDS[text];
    if (read !== undefined) {
      cursor.take();
      return read(cursor, line);
    }
    if (isDeclaration(cursor)) return readDeclaration(cursor);
    const expression = readExpression(cursor);
    cursor.expect(";");
    return { kind: "evaluate", line, expression };
  });
}

const KEYWORDS: Record<string, (cursor: Cursor, line: number) => Statement> = {
  if: readIf,
  for: readFor,
  do: readDo,
  switch: readSwitch,
  while: (cursor, line) => {
    const condition = readCondition(cursor);
    return { kind: "while", line, condition, body: readStatement(cursor) };
  },
  return: (cursor, line) => {
    const value = cursor.text() === ";" ? null : readExpression(cursor);
    cursor.expect(";");
    return { kind: "return", line, value };
  },
  break: (cursor, line) => readJump(cursor, line, "break"),
  continue: (cursor, line) => readJump(cursor, line, "continue"),
  discard: (cursor, line) => readJump(cursor, line, "discard"),
};

function readJump(cursor: Cursor, line: number, kind: "break" | "continue" | "discard"): Statement {
  cursor.expect(";");
  return { kind, line };
}

function readCondition(cursor: Cursor): Expression {
  cursor.expect("(");
  const condition = readExpression(cursor);
  cursor.expect(")");
  return condition;
}

function readIf(cursor: Cursor, line: number): Statement {
  const condition = readCondition(cursor);
  const yes = readStatement(cursor);
  const no = cursor.accept("else") ? readStatement(cursor) : null;
  return { kind: "if", line, condition, yes, no };
}

function readFor(cursor: Cursor, line: number): Statement {
  cursor.expect("(");
  let start: Declaration | Expression | null = null;
  if (isDeclaration(cursor)) start = readDeclaration(cursor);
  else if (!cursor.accept(";")) {
    start = readExpression(cursor);
    cursor.expect(";");
  }
  const condition = cursor.text() === ";" ? null : readExpression(cursor);
  cursor.expect(";");
  const step = cursor.text() === ")" ? null : readExpression(cursor);
  cursor.expect(")");
  return { kind: "for", line, start, condition, step, body: readStatement(cursor) };
}

function readDo(cursor: Cursor, line: number): Statement {
  const body = readStatement(cursor);
  cursor.expect("while");
  const condition = readCondition(cursor);
  cursor.expect(";");
  return { kind: "do", line, condition, body };
}

function readSwitch(cursor: Cursor, line: number): Statement {
  const subject = readCondition(cursor);
  cursor.expect("{");
  const cases: Case[] = [];
  while (!cursor.accept("}")) cases.push(readCase(cursor));
  return { kind: "switch", line, subject, cases };
}

function readCase(cursor: Cursor): Case {
  const { line } = cursor;
  const isDefault = cursor.accept("default");
  if (!isDefault) cursor.expect("case");
  const label = isDefault ? null : readExpression(cursor);
  cursor.expect(":");
  const body: Statement[] = [];
  while (!/^(?:case|default|\}|)$/.test(cursor.text())) body.push(readStatement(cursor));
  return { line, label, body };
}
