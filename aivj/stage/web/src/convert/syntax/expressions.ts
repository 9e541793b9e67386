// HLSL's expressions, by precedence.

import type { Cursor } from "./cursor.ts";
import type { Expression } from "./tree.ts";
import { readType, startsType } from "./type_names.ts";

const BINARY: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const LEVELS = new Map(BINARY.flatMap((names, level) => names.map((name) => [name, level])));
const ASSIGNMENT = /^(?:[-+*/%&|^]|<<|>>)?=$/;

/** Reads an expression with its comma operators. */
export function readExpression(cursor: Cursor): Expression {
  let left = readAssignment(cursor);
  for (let { line } = cursor; cursor.accept(","); line = cursor.line) {
    left = { kind: "comma", line, left, right: readAssignment(cursor) };
  }
  return left;
}

/** Reads an expression up to the next comma. */
function readAssignment(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const target = readChoice(cursor);
    const { line } = cursor;
    if (!ASSIGNMENT.test(cursor.text())) return target;
    const operator = cursor.take().slice(0, -1) || "=";
    return { kind: "assign", line, operator, target, value: readAssignment(cursor) };
  });
}

function readChoice(cursor: Cursor): Expression {
  const condition = readBinary(cursor, 0);
  const { line } = cursor;
  if (!cursor.accept("?")) return condition;
  const yes = readAssignment(cursor);
  cursor.expect(":");
  return { kind: "choice", line, condition, yes, no: readAssignment(cursor) };
}

function readBinary(cursor: Cursor, lowest: number): Expression {
  let left = readUnary(cursor);
  for (;;) {
    const operator = cursor.text();
    const level = LEVELS.get(operator);
    if (level === undefined || level < lowest) return left;
    const { line } = cursor;
    cursor.take();
    left = { kind: "binary", line, operator, left, right: readBinary(cursor, level + 1) };
  }
}

function readUnary(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const { line } = cursor;
    const text = cursor.text();
    if (/^[-+!~]$/.test(text)) {
      return { kind: "unary", line, operator: cursor.take(), operand: readUnary(cursor) };
    }
    if (text === "++" || text === "--") {
      cursor.take();
      return { kind: "step", line, operator: text, prefix: true, operand: readUnary(cursor) };
    }
    return readCast(cursor) ?? readAttached(cursor, readPrimary(cursor));
  });
}

function readCast(cursor: Cursor): Expression | null {
  const { line } = cursor;
  if (cursor.text() !== "(" || !startsType(cursor, 1) || cursor.text(2) === "(") return null;
  cursor.take();
  const type = readType(cursor);
  if (cursor.text() === "(") cursor.fail("expected ')' behind a type");
  const lengths = readLengths(cursor);
  cursor.expect(")");
  return { kind: "cast", line, type, lengths, operand: readUnary(cursor) };
}

/** `[2][3]` behind a name or a type. */
export function readLengths(cursor: Cursor): (Expression | null)[] {
  const lengths: (Expression | null)[] = [];
  while (cursor.accept("[")) {
    lengths.push(cursor.text() === "]" ? null : readExpression(cursor));
    cursor.expect("]");
  }
  return lengths;
}

/** Members, indices and steps behind an operand. */
function readAttached(cursor: Cursor, start: Expression): Expression {
  let object = start;
  for (;;) {
    const { line } = cursor;
    const text = cursor.text();
    if (cursor.accept(".")) {
      object = { kind: "member", line, object, name: cursor.word() };
    } else if (cursor.accept("[")) {
      object = { kind: "index", line, object, index: readExpression(cursor) };
      cursor.expect("]");
    } else if (text === "++" || text === "--") {
      cursor.take();
      object = { kind: "step", line, operator: text, prefix: false, operand: object };
    } else {
      return object;
    }
  }
}

function readPrimary(cursor: Cursor): Expression {
  const { line } = cursor;
  if (startsType(cursor)) {
    const type = readType(cursor);
    return { kind: "construct", line, type, args: readArguments(cursor) };
  }
  if (cursor.accept("(")) {
    const inner = readExpression(cursor);
    cursor.expect(")");
    return inner;
  }
  if (cursor.kind() === "number") return { kind: "number", line, text: cursor.take() };
  if (cursor.kind() !== "word") cursor.fail(`expected a value before '${cursor.text()}'`);
  const name = cursor.take();
  if (name === "true" || name === "false") return { kind: "truth", line, value: name === "true" };
  if (cursor.text() === "(") return { kind: "call", line, name, args: readArguments(cursor) };
  return { kind: "name", line, name };
}

function readArguments(cursor: Cursor): Expression[] {
  cursor.expect("(");
  return readItems(cursor, ")", () => readAssignment(cursor));
}

/** Items between commas, up to `end`. A comma too many before the end of a list is allowed. */
export function readItems<T>(cursor: Cursor, end: string, read: () => T): T[] {
  const items: T[] = [];
  if (cursor.accept(end)) return items;
  for (;;) {
    items.push(read());
    const more = cursor.accept(",");
    if (!more || (end === "}" && cursor.text() === end)) break;
  }
  cursor.expect(end);
  return items;
}

/** An initial value: an expression, or a list of them in braces. */
export function readInitialValue(cursor: Cursor): Expression {
  const { line } = cursor;
  if (!cursor.accept("{")) return readAssignment(cursor);
  const items = cursor.nested(() => readItems(cursor, "}", () => readInitialValue(cursor)));
  return { kind: "list", line, items };
}
