// HLSL's functions. Where GLSL has the same one it is called, else one of ours with its prefix.

import type { NumericType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import { byComponent, type Intrinsic, numbers, ofVectors } from "./by_component.ts";
import type { Module } from "./module.ts";
import { binary, components, modulo } from "./operators.ts";
import { product } from "./products.ts";
import { TEXTURES } from "./textures.ts";
import { BOOL, FLOAT, glslType, isMatrix, isScalar, type Type, withBase } from "./types.ts";
import { alike, convertedNumber, type NumericValue, type Value } from "./values.ts";

function cross(module: Module, args: readonly Value[]): Value {
  const type = numeric("float", 3);
  const [a, b] = numbers(module, "cross", args, 2).map((value) =>
    convertedNumber(module, value, type),
  );
  return { code: `cross(${a?.code}, ${b?.code})`, type };
}

function refract(module: Module, args: readonly Value[]): Value {
  const [ray, normal, ratio] = numbers(module, "refract", args, 3) as NumericValue[] as [
    NumericValue,
    NumericValue,
    NumericValue,
  ];
  const [a, b] = alike(module, [ray, normal], "float") as [NumericValue, NumericValue];
  const c = convertedNumber(module, ratio, FLOAT);
  return { code: `refract(${a.code}, ${b.code}, ${c.code})`, type: a.type };
}

function transpose(module: Module, args: readonly Value[]): Value {
  const [matrix] = numbers(module, "transpose", args, 1) as [NumericValue];
  if (!isMatrix(matrix.type)) return matrix;
  const { rows, size } = matrix.type;
  return { code: `transpose(${matrix.code})`, type: numeric("float", rows, size) };
}

function determinant(module: Module, args: readonly Value[]): Value {
  const [matrix] = numbers(module, "determinant", args, 1) as [NumericValue];
  if (matrix.type.rows !== matrix.type.size) module.fail("determinant() takes a square matrix");
  return { code: `determinant(${matrix.code})`, type: FLOAT };
}

function any(module: Module, args: readonly Value[]): Value {
  return ofTruths(module, "any", "||", args);
}

function all(module: Module, args: readonly Value[]): Value {
  return ofTruths(module, "all", "&&", args);
}

function ofTruths(module: Module, name: string, joint: string, args: readonly Value[]): Value {
  const [value] = numbers(module, name, args, 1) as [NumericValue];
  if (isMatrix(value.type)) {
    const rows = Array.from({ length: value.type.rows }, (_, row): Value => {
      const type = numeric("float", value.type.size);
      return ofTruths(module, name, joint, [{ code: `${value.code}[${row}]`, type }]);
    });
    return rows.reduce((left, right) => binary(module, joint, left, right));
  }
  const truths = convertedNumber(module, value, withBase(value.type, "bool"));
  return isScalar(truths.type) ? truths : { code: `${name}(${truths.code})`, type: BOOL };
}

/** Ends the pixel where any component is below zero. */
function clip(module: Module, args: readonly Value[]): Value {
  const [value] = numbers(module, "clip", args, 1) as [NumericValue];
  const like = convertedNumber(module, value, withBase(value.type, "float"));
  const glsl = glslType(like.type);
  const tests = isScalar(like.type) ? ["a"] : components(like.type).map((cell) => `a.${cell}`);
  const test = tests.map((cell) => `${cell} < 0.0`).join(" || ");
  module.helper(`void hl_clip(${glsl} a) { if (${test}) discard; }`);
  return { code: `hl_clip(${like.code})`, type: { kind: "void" } };
}

function mad(module: Module, args: readonly Value[]): Value {
  const [a, b, c] = numbers(module, "mad", args, 3) as [NumericValue, NumericValue, NumericValue];
  return binary(module, "+", binary(module, "*", a, b), c);
}

function fmod(module: Module, args: readonly Value[]): Value {
  const pair = alike(module, numbers(module, "fmod", args, 2), "float");
  return modulo(module, pair as [NumericValue, NumericValue]);
}

/** Above, the steps would cost more than the logarithm. */
const MAX_MULTIPLIED = 64;

const ANY_POWER = byComponent("pow", 2, "pow(abs(a), b)");

/**
 * `pow` with a whole number for its exponent is multiplied out, as Microsoft's compiler does: an odd
 * power of a negative base is negative. Of any other exponent see POW_POLICY.
 */
function power(module: Module, args: readonly Value[]): Value {
  const [base, exponent] = numbers(module, "pow", args, 2) as [NumericValue, NumericValue];
  const times = exponent.constant;
  const whole = times !== undefined && Number.isInteger(times) && Math.abs(times) <= MAX_MULTIPLIED;
  if (!whole) return ANY_POWER(module, [base, exponent]);
  const [value] = alike(module, [base, exponent], "float") as [NumericValue, NumericValue];
  if (times === 1) return { code: value.code, type: value.type };
  const name = `hl_pow${Math.abs(times)}${times < 0 ? "_under_one" : ""}`;
  return byComponent(name.slice("hl_".length), 1, multiplied(times))(module, [value]);
}

/** GLSL that multiplies `a` with itself. */
function multiplied(times: number): string {
  const steps: string[] = ["T r = T(1.0);"];
  for (let left = Math.abs(times); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) steps.push("r *= a;");
    if (left > 1) steps.push("a *= a;");
  }
  return `${steps.join(" ")} return ${times < 0 ? "1.0 / r" : "r"};`;
}

const SAME_NAME =
  "acos asin atan ceil cos cosh sin sinh tan tanh degrees radians exp exp2 log log2 floor sqrt trunc";

const sameType = (type: NumericType): Type => type;
const toFloat = (): Type => FLOAT;
const toBool = (type: NumericType): Type => withBase(type, "bool");

/** By HLSL's name. */
export const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ...SAME_NAME.split(" ").map((name): [string, Intrinsic] => [
    name,
    byComponent(name, 1, `${name}(a)`),
  ]),
  ["abs", byComponent("abs", 1, "abs(a)", true)],
  ["sign", byComponent("sign", 1, "sign(a)", true)],
  ["ddx", byComponent("ddx", 1, "dFdx(a)")],
  ["ddy", byComponent("ddy", 1, "dFdy(a)")],
  ["fwidth", byComponent("fwidth", 1, "fwidth(a)")],
  ["frac", byComponent("frac", 1, "fract(a)")],
  ["round", byComponent("round", 1, "roundEven(a)")],
  ["rsqrt", byComponent("rsqrt", 1, "inversesqrt(a)")],
  ["rcp", byComponent("rcp", 1, "1.0 / a")],
  ["log10", byComponent("log10", 1, "log(a) * 0.43429448190325176")],
  ["saturate", byComponent("saturate", 1, "clamp(a, T(0.0), T(1.0))")],
  ["atan2", byComponent("atan2", 2, "atan(a, b)")],
  ["max", byComponent("max", 2, "max(a, b)", true)],
  ["min", byComponent("min", 2, "min(a, b)", true)],
  ["step", byComponent("step", 2, "step(a, b)")],
  ["ldexp", byComponent("ldexp", 2, "a * exp2(b)")],
  // GLSL leaves clamp() with min > max and smoothstep() with reversed edges undefined.
  ["clamp", byComponent("clamp", 3, "min(max(a, b), c)", true)],
  [
    "smoothstep",
    byComponent(
      "smoothstep",
      3,
      "T t = clamp((c - a) / (b - a), T(0.0), T(1.0)); return t * t * (3.0 - 2.0 * t);",
    ),
  ],
  ["lerp", byComponent("lerp", 3, "mix(a, b, c)")],
  ["pow", power],
  ["mad", mad],
  ["fma", mad],
  ["fmod", fmod],
  ["mul", product],
  ["cross", cross],
  ["refract", refract],
  ["transpose", transpose],
  ["determinant", determinant],
  ["any", any],
  ["all", all],
  ["clip", clip],
  ["normalize", ofVectors("normalize", 1, "normalize(a)", sameType)],
  ["reflect", ofVectors("reflect", 2, "reflect(a, b)", sameType)],
  ["faceforward", ofVectors("faceforward", 3, "faceforward(a, b, c)", sameType)],
  ["length", ofVectors("length", 1, "length(a)", toFloat)],
  ["distance", ofVectors("distance", 2, "distance(a, b)", toFloat)],
  ["dot", ofVectors("dot", 2, "dot(a, b)", toFloat)],
  ["isnan", ofVectors("isnan", 1, "isnan(a)", toBool)],
  ["isinf", ofVectors("isinf", 1, "isinf(a)", toBool)],
  [
    "lit",
    (module, args) => {
      const [l, h, m] = numbers(module, "lit", args, 3).map(
        (value) => convertedNumber(module, value, FLOAT).code,
      );
      const shine = "a < 0.0 || b < 0.0 ? 0.0 : pow(b, c)";
      const body = `return vec4(1.0, max(a, 0.0), ${shine}, 1.0);`;
      module.helper(`vec4 hl_lit(float a, float b, float c) { ${body} }`);
      return { code: `hl_lit(${l}, ${h}, ${m})`, type: numeric("float", 4) };
    },
  ],
  ...TEXTURES,
]);

/** Functions that write some of their arguments: their parameters, and the GLSL of the body. */
export const WRITING_INTRINSICS: ReadonlyMap<string, { outs: readonly boolean[]; body: string }> =
  new Map([
    ["sincos", { outs: [false, true, true], body: "b = sin(a); c = cos(a);" }],
    ["modf", { outs: [false, true], body: "b = trunc(a); return a - b;" }],
    [
      "frexp",
      {
        outs: [false, true],
        body: "b = (floor(log2(max(abs(a), T(1e-37)))) + 1.0) * abs(sign(a)); return a * exp2(-b);",
      },
    ],
  ]);

export function isIntrinsic(name: string): boolean {
  return INTRINSICS.has(name) || WRITING_INTRINSICS.has(name);
}
