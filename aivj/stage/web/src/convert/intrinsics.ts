// HLSL's functions, as typed HLSL declarations for the parser and as GLSL bodies for the result.
//
// The parser inserts every cast that a call needs when it knows the function's overloads; GLSL
// forbids overloading its built-in functions. So a preset calls ours, which bear a prefix.

import { glslType } from "./hlsl_types.ts";

export const INTRINSIC_PREFIX = "hl_";

interface Overload {
  readonly name: string;
  readonly returns: string;
  /** HLSL types of the arguments a, b, c, d. */
  readonly params: readonly string[];
  /** GLSL statements. */
  readonly body: string;
}

const VECTORS = ["float", "float2", "float3", "float4"];
const MATRICES = ["float2x2", "float3x3", "float4x4"];

/** The same function for float to float4; `T` stands for the type in types and body. */
function generic(name: string, params: string, expression: string, returns = "T"): Overload[] {
  return VECTORS.map((type) => ({
    name,
    returns: returns === "T" ? type : returns,
    params: params.split(" ").map((param) => param.replace("T", type)),
    body: statements(expression.replace(/\bT\b/g, glslType(type))),
  }));
}

function single(name: string, returns: string, params: string, expression: string): Overload {
  return { name, returns, params: params.split(" "), body: statements(expression) };
}

function statements(expression: string): string {
  return expression.endsWith(";") ? expression : `return ${expression};`;
}

const SAME_NAME =
  "abs acos asin atan ceil cos cosh sin sinh tan tanh degrees radians exp exp2 log log2 floor sqrt " +
  "sign normalize trunc";

const RENAMED: readonly [string, string][] = [
  ["ddx", "dFdx(a)"],
  ["ddy", "dFdy(a)"],
  ["frac", "fract(a)"],
  ["round", "roundEven(a)"],
  ["rsqrt", "inversesqrt(a)"],
  ["rcp", "1.0 / a"],
  ["log10", "log(a) * 0.43429448190325176"],
  ["saturate", "clamp(a, 0.0, 1.0)"],
];

const OF_TWO: readonly [string, string][] = [
  ["atan2", "atan(a, b)"],
  // GLSL's mod() takes the sign of b, HLSL's fmod() that of a.
  ["fmod", "a - b * trunc(a / b)"],
  ["max", "max(a, b)"],
  ["min", "min(a, b)"],
  // GLSL leaves a negative base undefined; see POW_POLICY.
  ["pow", "pow(abs(a), b)"],
  ["step", "step(a, b)"],
  ["reflect", "reflect(a, b)"],
  ["ldexp", "a * exp2(b)"],
];

const OF_THREE: readonly [string, string][] = [
  // GLSL leaves clamp() with min > max and smoothstep() with reversed edges undefined.
  ["clamp", "min(max(a, b), c)"],
  ["smoothstep", "T t = clamp((c - a) / (b - a), 0.0, 1.0); return t * t * (3.0 - 2.0 * t);"],
  ["lerp", "mix(a, b, c)"],
  ["mad", "a * b + c"],
  ["faceforward", "faceforward(a, b, c)"],
];

const TEXTURES: readonly Overload[] = [
  single("tex2D", "float4", "sampler2D float2", "texture(a, b)"),
  single("tex2D", "float4", "sampler2D float2 float2 float2", "textureGrad(a, b, c, d)"),
  single("tex2Dgrad", "float4", "sampler2D float2 float2 float2", "textureGrad(a, b, c, d)"),
  single("tex2Dlod", "float4", "sampler2D float4", "textureLod(a, b.xy, b.w)"),
  single("tex2Dbias", "float4", "sampler2D float4", "texture(a, b.xy, b.w)"),
  single("tex2Dproj", "float4", "sampler2D float4", "texture(a, b.xy / b.w)"),
  single("tex3D", "float4", "sampler3D float3", "texture(a, b)"),
  single("tex3Dlod", "float4", "sampler3D float4", "textureLod(a, b.xyz, b.w)"),
  single("tex3Dbias", "float4", "sampler3D float4", "texture(a, b.xyz, b.w)"),
];

/** `vec2(a)` where `a` is longer than two, `a` itself where it is not. */
function cut(argument: string, length: number, to: number, type: string): string {
  return length > to ? `${type}${to}(${argument})` : argument;
}

/**
 * mul() with the operands changed over: the parser hands HLSL's rows to GLSL's constructors, which
 * take them for columns, so every matrix arrives transposed. The longer operand is cut, as in HLSL.
 */
function multiplications(): Overload[] {
  const overloads = [
    ...generic("mul", "T float", "a * b"),
    ...generic("mul", "float T", "a * b").slice(1),
    ...generic("mul", "T T", "dot(a, b)", "float").slice(1),
  ];
  for (const m of [2, 3, 4]) {
    const matrix = `float${m}x${m}`;
    overloads.push(single("mul", matrix, `float ${matrix}`, "a * b"));
    overloads.push(single("mul", matrix, `${matrix} float`, "a * b"));
    overloads.push(single("mul", matrix, `${matrix} ${matrix}`, "b * a"));
    for (const v of [2, 3, 4]) {
      const n = Math.min(m, v);
      const vector = `float${v}`;
      const left = `${cut("b", m, n, "mat")} * ${cut("a", v, n, "vec")}`;
      const right = `${cut("b", v, n, "vec")} * ${cut("a", m, n, "mat")}`;
      overloads.push(single("mul", `float${n}`, `${vector} ${matrix}`, left));
      overloads.push(single("mul", `float${n}`, `${matrix} ${vector}`, right));
    }
  }
  return overloads;
}

/** What the rewriter calls in place of operators: see its rules. */
function operators(): Overload[] {
  return [
    ...VECTORS.flatMap((type) => {
      const bool = type.replace("float", "bool");
      const choice = type === "float" ? "a ? b : c" : "mix(c, b, a)";
      return [
        single("num", type, bool, `${glslType(type)}(a)`),
        single("select", type, `${bool} ${type} ${type}`, choice),
      ];
    }),
    ...[...VECTORS.slice(1), ...MATRICES].map((type) =>
      single("select", type, `bool ${type} ${type}`, "a ? b : c"),
    ),
    single("both", "float", "float float", "b"),
  ];
}

const OPERATORS = new Set(["num", "select", "both"]);

const OVERLOADS: readonly Overload[] = [
  ...SAME_NAME.split(" ").flatMap((name) => generic(name, "T", `${name}(a)`)),
  ...RENAMED.flatMap(([name, expression]) => generic(name, "T", expression)),
  ...OF_TWO.flatMap(([name, expression]) => generic(name, "T T", expression)),
  ...OF_THREE.flatMap(([name, expression]) => generic(name, "T T T", expression)),
  ...generic("length", "T", "length(a)", "float"),
  ...generic("distance", "T T", "distance(a, b)", "float"),
  ...generic("dot", "T T", "dot(a, b)", "float"),
  ...generic("any", "T", "dot(abs(a), T(1.0)) != 0.0", "bool"),
  ...generic("all", "T", "dot(T(1.0) - abs(sign(a)), T(1.0)) == 0.0", "bool"),
  ...generic("refract", "T T float", "refract(a, b, c)"),
  ...generic("sincos", "T out_T out_T", "b = sin(a); c = cos(a);", "void"),
  ...generic("modf", "T out_T", "modf(a, b)"),
  ...generic("clip", "T", "if (dot(T(1.0) - step(T(0.0), a), T(1.0)) > 0.0) discard;", "void"),
  single("cross", "float3", "float3 float3", "cross(a, b)"),
  ...MATRICES.map((type) => single("determinant", "float", type, "determinant(a)")),
  ...MATRICES.map((type) => single("transpose", type, type, "transpose(a)")),
  ...TEXTURES,
  ...multiplications(),
  ...operators(),
];

const NAMES = new Set(OVERLOADS.map((overload) => overload.name));

/** True if HLSL has a function of this name and we know it. */
export function isIntrinsic(name: string): boolean {
  return NAMES.has(name) && !OPERATORS.has(name);
}

function signature(overload: Overload, spell: (type: string) => string): string {
  const params = overload.params.map((param, index) => {
    const [, out = "", type = ""] = /^(out_)?(.*)$/.exec(param) ?? [];
    return `${out && "out "}${spell(type)} ${"abcd"[index]}`;
  });
  return `${spell(overload.returns)} ${INTRINSIC_PREFIX}${overload.name}(${params.join(", ")})`;
}

/** The overloads of those among `names` that are functions of ours, prefix included. */
function overloadsAmong(names: readonly string[]): Overload[] {
  const called = new Set(names);
  return OVERLOADS.filter((overload) => called.has(INTRINSIC_PREFIX + overload.name));
}

/** HLSL for the parser: each overload with a body that only has the right type. */
export function intrinsicDeclarations(names: readonly string[]): string[] {
  return overloadsAmong(names).map((overload) => {
    const { returns } = overload;
    const body = returns === "void" ? "" : `${returns} r; return r;`;
    return `${signature(overload, (type) => type)} { ${body} }`;
  });
}

/** GLSL for the finished shader. */
export function intrinsicDefinitions(names: readonly string[]): string[] {
  return overloadsAmong(names).map(
    (overload) => `${signature(overload, glslType)} { ${overload.body} }`,
  );
}
