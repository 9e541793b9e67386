// Expressions: from what is written to GLSL with a type.

import type { Expression, WrittenType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import { element, member } from "./access.ts";
import { builtin } from "./builtins.ts";
import {
  callIntrinsic,
  callOverload,
  chosen,
  describe,
  type WriteFunction,
  writable,
} from "./calls.ts";
import { cast, construct } from "./constructors.ts";
import { isIntrinsic } from "./intrinsics.ts";
import type { Module } from "./module.ts";
import type { Overload, Scope, Variable } from "./names.ts";
import { binary, choice, unary } from "./operators.ts";
import { type ArrayType, glslType, INT, isMatrix, isScalar, sameType, type Type } from "./types.ts";
import { constant, converted, convertedNumber, numericValue, type Value } from "./values.ts";

export class Expressions {
  readonly #module: Module;
  readonly #write: WriteFunction;

  constructor(module: Module, write: WriteFunction) {
    this.#module = module;
    this.#write = write;
  }

  value(expression: Expression, scope: Scope): Value {
    const module = this.#module;
    const inner = (part: Expression) => this.value(part, scope);
    const before = module.line;
    module.line = expression.line;
    try {
      switch (expression.kind) {
        case "number":
          return number(module, expression.text);
        case "truth":
          return constant(Number(expression.value), "bool");
        case "name":
          return this.#named(expression.name, scope);
        case "unary":
          return unary(module, expression.operator, inner(expression.operand));
        case "step":
          return this.#step(expression, inner(expression.operand));
        case "binary": {
          const left = inner(expression.left);
          return binary(module, expression.operator, left, inner(expression.right));
        }
        case "assign":
          return this.#assigned(expression, inner(expression.target), inner(expression.value));
        case "choice": {
          const question = inner(expression.condition);
          return choice(module, question, inner(expression.yes), inner(expression.no));
        }
        case "comma": {
          const left = inner(expression.left);
          const right = inner(expression.right);
          return { code: `(${left.code}, ${right.code})`, type: right.type };
        }
        case "call":
          return this.#called(expression.name, expression.args.map(inner), scope);
        case "construct":
          return construct(module, this.type(expression.type, scope), expression.args.map(inner));
        case "cast": {
          const { type, lengths } = expression;
          return cast(module, this.sized(type, lengths, scope), inner(expression.operand));
        }
        case "member":
          return member(module, inner(expression.object), expression.name);
        case "index":
          return element(module, inner(expression.object), inner(expression.index));
        case "list":
          return module.fail("a list in braces stands for an initial value only");
      }
    } finally {
      module.line = before;
    }
  }

  /** What a written type means here. */
  type(written: WrittenType, scope: Scope): Type {
    if (written.kind !== "named") return written;
    const meaning = scope.find(written.name);
    if (meaning?.kind === "type") return meaning.type;
    return this.#module.fail(`there is no type '${written.name}'`);
  }

  /** The same with the lengths of an array behind it. */
  sized(written: WrittenType, lengths: readonly (Expression | null)[], scope: Scope): Type {
    return this.arrayOf(this.type(written, scope), lengths, scope);
  }

  arrayOf(type: Type, lengths: readonly (Expression | null)[], scope: Scope): Type {
    if (lengths.length === 0) return type;
    const own = lengths.map((length) => {
      if (length === null) return this.#module.fail("an array without a length");
      return this.length(length, scope);
    });
    const [element, inner]: [ArrayType["element"], readonly number[]] =
      type.kind === "array" ? [type.element, type.lengths] : [type, []];
    return { kind: "array", element, lengths: [...own, ...inner] };
  }

  /** A whole number that is known beforehand. */
  length(expression: Expression, scope: Scope): number {
    const value = this.value(expression, scope);
    if (value.constant === undefined) this.#module.fail("this number has to be a constant");
    return Math.trunc(value.constant);
  }

  #named(name: string, scope: Scope): Value {
    const meaning = scope.find(name);
    if (meaning?.kind === "variable") return variable(meaning);
    if (meaning !== null && meaning.kind !== "builtin") {
      this.#module.fail(`'${name}' is no variable`);
    }
    const value = builtin(this.#module, meaning?.name ?? name);
    return value ?? this.#module.fail(`nothing is declared as '${name}'`);
  }

  #called(name: string, args: readonly Value[], scope: Scope): Value {
    const meaning = scope.find(name);
    if (meaning?.kind !== "functions") return callIntrinsic(this.#module, name, args);
    const overload = chosen(meaning, args);
    if (overload !== null) return this.#callOwn(overload, args);
    if (isIntrinsic(name)) return callIntrinsic(this.#module, name, args);
    return this.#module.fail(`no function '${name}' takes (${describe(args)})`);
  }

  #callOwn(overload: Overload, args: readonly Value[]): Value {
    this.#write(overload);
    const rest = overload.defaults.slice(args.length).flatMap((value) => {
      return value === null || value === undefined ? [] : [this.value(value, this.#module.globals)];
    });
    return callOverload(this.#module, overload, [...args, ...rest]);
  }

  #step({ operator, prefix }: { operator: string; prefix: boolean }, operand: Value): Value {
    const { code, type } = writable(this.#module, operand);
    if (type.kind !== "numeric" || type.base === "bool" || operand.place?.kind === "cells") {
      this.#module.fail(`'${operator}' takes a number`);
    }
    return { code: prefix ? `(${operator}${code})` : `(${code}${operator})`, type };
  }

  #assigned({ operator }: { operator: string }, target: Value, value: Value): Value {
    const module = this.#module;
    writable(module, target);
    if (operator === "=") return assign(module, target, value);
    return assignReckoned(module, operator, target, value);
  }
}

function variable(meaning: Variable): Value {
  const { glsl, type, constant: known } = meaning;
  if (!meaning.inLoop) meaning.outlives = true;
  const value: Value = { code: glsl, type, place: { kind: "variable" } };
  return known === undefined ? value : { ...value, constant: known };
}

function assign(module: Module, target: Value, value: Value): Value {
  const { code, type, place } = target;
  const source = converted(module, value, type).code;
  if (place?.kind !== "cells") return { ...target, code: `(${code} = ${source})` };
  const { matrix, cells } = place;
  const glsl = glslType(matrix.type);
  const name = `hl_set${cells.map((cell) => cell.join("")).join("_")}`;
  const writes = cells.map(([row, cell], at) => `a[${row}][${cell}] = b.${"xyzw"[at]};`).join(" ");
  const vector = glslType(type);
  module.helper(`${vector} ${name}(inout ${glsl} a, ${vector} b) { ${writes} return b; }`);
  return { code: `${name}(${matrix.code}, ${source})`, type };
}

/** `a += b`, as GLSL writes it where that means the same, else as `a = a + b`. */
function assignReckoned(module: Module, operator: string, target: Value, value: Value): Value {
  const result = binary(module, operator, target, value);
  const { type } = target;
  const plain =
    /^[-+*/]$/.test(operator) &&
    target.place?.kind !== "cells" &&
    type.kind === "numeric" &&
    !isMatrix(type) &&
    sameType(result.type, type);
  if (!plain) return assign(module, target, result);
  const operand = numericValue(module, value);
  const like = numeric(type.base, isScalar(operand.type) ? 1 : type.size);
  const source = convertedNumber(module, operand, like).code;
  return { ...target, code: `(${target.code} ${operator}= ${source})` };
}

const NUMBER = /^((?:0[xX])?[\da-fA-F.]+(?:[eE][+-]?\d+)?)/;

function number(module: Module, text: string): Value {
  if (/^0[xX]/.test(text)) return constant(Number.parseInt(text, 16), INT.base);
  if (/#INF/.test(text)) return constant(3.402823466e38, "float");
  if (/#/.test(text)) module.fail(`${text} is no number`);
  if (/^\d+[lLuU]*$/.test(text)) {
    const octal = /^0[0-7]+[lLuU]*$/.test(text);
    return constant(Number.parseInt(text, octal ? 8 : 10), INT.base);
  }
  if (!NUMBER.test(text)) module.fail(`${text} is no number`);
  return constant(
    Math.fround(Number.parseFloat(text)) === 0 ? 0 : Number.parseFloat(text),
    "float",
  );
}
