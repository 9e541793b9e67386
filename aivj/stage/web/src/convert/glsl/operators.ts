// HLSL's operators: by component, whatever they are put between.

import type { NumericType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import type { Module } from "./module.ts";
import { glslType, hlslType, INT, isMatrix, isScalar, withBase } from "./types.ts";
import {
  alike,
  commonType,
  constant,
  convertedNumber,
  type NumericValue,
  numericValue,
  type Value,
} from "./values.ts";

const COMPARISONS: Record<string, string> = {
  "<": "lessThan",
  ">": "greaterThan",
  "<=": "lessThanEqual",
  ">=": "greaterThanEqual",
  "==": "equal",
  "!=": "notEqual",
};

export function unary(module: Module, operator: string, operand: Value): Value {
  const value = numericValue(module, operand);
  if (operator === "!") return not(module, value);
  if (operator === "~") {
    const whole = convertedNumber(module, value, wholeType(module, value));
    return { code: `(~${whole.code})`, type: whole.type };
  }
  const [number] = alike(module, [value], value.type.base === "bool" ? "int" : value.type.base);
  if (number === undefined || operator === "+") return number ?? value;
  if (number.constant !== undefined && isScalar(number.type)) {
    return constant(-number.constant, number.type.base);
  }
  const negated = { code: `(-${number.code})`, type: number.type };
  return number.constant === undefined ? negated : { ...negated, constant: -number.constant };
}

function not(module: Module, value: NumericValue): Value {
  const truth = truthOf(module, value);
  return {
    code: isScalar(truth.type) ? `(!${truth.code})` : `not(${truth.code})`,
    type: truth.type,
  };
}

/** The value as truth values. */
function truthOf(module: Module, value: NumericValue): NumericValue {
  if (isMatrix(value.type)) module.fail(`${hlslType(value.type)} has no truth value`);
  return convertedNumber(module, value, withBase(value.type, "bool"));
}

/** The value as one truth value, as a condition needs it. */
export function condition(module: Module, value: Value): NumericValue {
  return convertedNumber(module, numericValue(module, value), numeric("bool"));
}

function wholeType(module: Module, value: NumericValue): NumericType {
  if (isMatrix(value.type)) module.fail(`${hlslType(value.type)} has no bits`);
  return withBase(value.type, "int");
}

export function binary(module: Module, operator: string, left: Value, right: Value): Value {
  const pair = [numericValue(module, left), numericValue(module, right)] as const;
  if (operator in COMPARISONS) return compare(module, operator, pair);
  if (operator === "&&" || operator === "||") return combine(module, operator, pair);
  if (operator === "%") return modulo(module, pair);
  if (/^[-+*/]$/.test(operator)) return reckon(module, operator, pair);
  return bits(module, operator, pair);
}

type Pair = readonly [NumericValue, NumericValue];

/** Both of one type; where GLSL takes a scalar beside a vector or matrix, a scalar stays one. */
function sized(module: Module, [left, right]: Pair): [NumericValue, NumericValue, NumericType] {
  const [a = left, b = right] = alike(module, [left, right]);
  const base = a.type.base === "bool" ? "int" : a.type.base;
  const type = withBase(a.type, base);
  const operand = (value: NumericValue, whole: NumericValue) =>
    isScalar(value.type)
      ? convertedNumber(module, value, numeric(base))
      : convertedNumber(module, whole, type);
  return [operand(left, a), operand(right, b), type];
}

function reckon(module: Module, operator: string, pair: Pair): Value {
  const [a, b, type] = sized(module, pair);
  const known = fold(operator, a, b, type);
  if (known !== null && isScalar(type)) return constant(known, type.base);
  const byCell = operator === "*" && isMatrix(a.type) && isMatrix(b.type);
  const code = byCell
    ? `matrixCompMult(${a.code}, ${b.code})`
    : `(${a.code} ${operator} ${b.code})`;
  return known === null ? { code, type } : { code, type, constant: known };
}

function fold(
  operator: string,
  a: NumericValue,
  b: NumericValue,
  type: NumericType,
): number | null {
  const [x, y] = [a.constant, b.constant];
  if (x === undefined || y === undefined) return null;
  const results: Record<string, number> = { "+": x + y, "-": x - y, "*": x * y, "/": x / y };
  const result = results[operator] ?? Number.NaN;
  if (!Number.isFinite(result)) return null;
  return type.base === "int" ? Math.trunc(result) : result;
}

/** The remainder bears the sign of the left operand, as C's does; GLSL's mod() has the right's. */
export function modulo(module: Module, pair: Pair): Value {
  const [a, b] = alike(module, pair) as [NumericValue, NumericValue];
  if (isMatrix(a.type)) module.fail(`${hlslType(a.type)} has no remainder`);
  const type = withBase(a.type, a.type.base === "float" ? "float" : "int");
  const name = glslType(type);
  const quotient = type.base === "float" ? "trunc(a / b)" : "(a / b)";
  module.helper(`${name} hl_fmod(${name} a, ${name} b) { return a - b * ${quotient}; }`);
  const args = [a, b].map((value) => convertedNumber(module, value, type).code);
  return { code: `hl_fmod(${args.join(", ")})`, type };
}

function compare(module: Module, operator: string, pair: Pair): Value {
  const [a, b] = alike(module, pair) as [NumericValue, NumericValue];
  if (isMatrix(a.type)) module.fail(`${hlslType(a.type)} cannot be compared`);
  const ordered = operator !== "==" && operator !== "!=" && a.type.base === "bool";
  const type = ordered ? withBase(a.type, "int") : a.type;
  const [x, y] = [a, b].map((value) => convertedNumber(module, value, type).code);
  const code = isScalar(type) ? `(${x} ${operator} ${y})` : `${COMPARISONS[operator]}(${x}, ${y})`;
  return { code, type: withBase(type, "bool") };
}

function combine(module: Module, operator: string, [left, right]: Pair): Value {
  const [a, b] = alike(module, [truthOf(module, left), truthOf(module, right)]) as [
    NumericValue,
    NumericValue,
  ];
  if (isScalar(a.type)) return { code: `(${a.code} ${operator} ${b.code})`, type: a.type };
  const name = operator === "&&" ? "hl_and" : "hl_or";
  const type = glslType(a.type);
  const cells = components(a.type).map((cell) => `a.${cell} ${operator} b.${cell}`);
  module.helper(`${type} ${name}(${type} a, ${type} b) { return ${type}(${cells.join(", ")}); }`);
  return { code: `${name}(${a.code}, ${b.code})`, type: a.type };
}

function bits(module: Module, operator: string, pair: Pair): Value {
  const whole = pair.map((value) => convertedNumber(module, value, wholeType(module, value)));
  const [a, b] = alike(module, whole, "int") as [NumericValue, NumericValue];
  const code = `(${a.code} ${operator} ${b.code})`;
  const [x, y] = [a.constant, b.constant];
  if (x === undefined || y === undefined || !isScalar(a.type)) return { code, type: a.type };
  const results: Record<string, number> = {
    "&": x & y,
    "|": x | y,
    "^": x ^ y,
    "<<": x << y,
    ">>": x >> y,
  };
  return constant(results[operator] ?? 0, INT.base);
}

export function components(type: NumericType): string[] {
  return [..."xyzw".slice(0, type.size)];
}

/** `condition ? yes : no`; of a vector of conditions, component by component. */
export function choice(module: Module, question: Value, yes: Value, no: Value): Value {
  const asked = truthOf(module, numericValue(module, question));
  if (yes.type.kind !== "numeric" || no.type.kind !== "numeric") {
    const answer = condition(module, question);
    if (glslType(yes.type) !== glslType(no.type)) {
      module.fail("both results of a choice have one type");
    }
    return { code: `(${answer.code} ? ${yes.code} : ${no.code})`, type: yes.type };
  }
  const branches = [numericValue(module, yes), numericValue(module, no)];
  if (isScalar(asked.type)) {
    const [a, b] = alike(module, branches) as [NumericValue, NumericValue];
    return { code: `(${asked.code} ? ${a.code} : ${b.code})`, type: a.type };
  }
  return choiceByComponent(module, asked, branches);
}

function choiceByComponent(
  module: Module,
  asked: NumericValue,
  branches: readonly NumericValue[],
): Value {
  const shape = commonType(module, [asked, ...branches]);
  if (isMatrix(shape)) module.fail("a vector cannot choose between matrices");
  const type = withBase(shape, commonType(module, branches).base);
  const [x, y] = branches.map((branch) => convertedNumber(module, branch, type).code);
  const truths = convertedNumber(module, asked, withBase(shape, "bool")).code;
  const name = glslType(type);
  const cells = components(type).map((cell) => `a.${cell} ? b.${cell} : c.${cell}`);
  const params = `bvec${type.size} a, ${name} b, ${name} c`;
  module.helper(`${name} hl_choose(${params}) { return ${name}(${cells.join(", ")}); }`);
  return { code: `hl_choose(${truths}, ${x}, ${y})`, type };
}
