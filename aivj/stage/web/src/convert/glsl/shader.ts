// A whole shader in Butterchurn's form: globals and functions, then `shader_body { ... }`.

import type { Program } from "../program.ts";
import { Cursor } from "../syntax/cursor.ts";
import { readDefinitions } from "../syntax/definitions.ts";
import { readStatements } from "../syntax/statements.ts";
import type { Definition, Statement } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import { texsize } from "../textures.ts";
import type { ShaderKind } from "../types.ts";
import { copyName, ENTRY, ROTATION, STAGE_GLOBALS, UNIFORMS } from "../vocabulary.ts";
import { typeNamed } from "./builtins.ts";
import { Definitions, textOf } from "./definitions.ts";
import { Module, UniformWritten } from "./module.ts";
import { Scope } from "./names.ts";
import { Statements } from "./statements.ts";
import { glslType } from "./types.ts";
import { converted } from "./values.ts";

interface GlslShader {
  readonly glsl: string;
  /** Names of textures, without `sampler_`, that Butterchurn does not declare. */
  readonly textures: readonly string[];
  /** Names of textures, without `texsize_`, whose size Butterchurn does not declare. */
  readonly texsizes: readonly string[];
}

interface Parsed {
  readonly definitions: readonly Definition[];
  readonly body: readonly Statement[];
}

/**
 * Writes a shader in GLSL.
 *
 * @throws ShaderError of stage `parse`, with the source's line, for what HLSL does not allow or we
 *   cannot do.
 */
export function glslShader(program: Program, kind: ShaderKind): GlslShader {
  const parsed = parse(program);
  // HLSL lets a shader write its uniforms. Which ones it does is known when it has been read.
  const copies = new Set<string>();
  for (;;) {
    try {
      return written(parsed, kind, new Module(copies));
    } catch (error) {
      if (!(error instanceof UniformWritten)) throw error;
      copies.add(error.uniform);
    }
  }
}

function parse({ outside, body }: Program): Parsed {
  const before = new Cursor(outside);
  const definitions = readDefinitions(before);
  const within = new Cursor(body);
  for (const name of before.typeNames) within.typeNames.add(name);
  for (const name of before.variableNames) within.variableNames.add(name);
  const statements = readStatements(within);
  if (!within.atEnd) within.fail("there is a '}' too many");
  return { definitions, body: statements };
}

function written({ definitions, body }: Parsed, kind: ShaderKind, module: Module): GlslShader {
  const reader = new Definitions(module);
  reader.add(definitions);
  const entry = entryFunction(module, reader, body);
  const own = ownVariables(module, kind);
  const glsl = [
    // Butterchurn finds the textures it has to bind by this very form.
    ...[...module.textures].sort().map((name) => `uniform sampler2D sampler_${name};`),
    ...module.helpers,
    ...(module.rotations.size > 0 ? [ROTATION_FUNCTION] : []),
    ...own.map(({ type, name }) => `${type} ${name};`),
    ...module.declarations,
    ...module.functions,
    entry,
    "shader_body {",
    ...own.map(({ name, value }) => `${name} = ${value};`),
    ...module.assignments,
    `ret = ${ENTRY}(uv);`,
    "}",
  ].join("\n");
  return { glsl, textures: [...module.textures].sort(), texsizes: [...module.texsizes].sort() };
}

/** The shader's body as a function, which may so be left early. It starts with black. */
function entryFunction(module: Module, reader: Definitions, body: readonly Statement[]): string {
  const scope = new Scope(module.globals);
  const [place, colour] = [numeric("float", 2), numeric("float", 3)];
  const [uv, ret] = [module.names.give("uv"), module.names.give("ret")];
  scope.declare("uv", { kind: "variable", glsl: uv, type: place });
  scope.declare("ret", { kind: "variable", glsl: ret, type: colour });
  const statements = new Statements(module, reader.declarations, (value) => {
    return `return ${value === null ? ret : converted(module, value, colour).code};`;
  });
  statements.lines.push(`vec3 ${ret} = vec3(0.0);`);
  statements.all(body, scope);
  statements.lines.push(`return ${ret};`);
  return textOf(`vec3 ${ENTRY}(vec2 ${uv})`, statements.lines);
}

interface OwnVariable {
  readonly type: string;
  readonly name: string;
  readonly value: string;
}

/** What MilkDrop has and Butterchurn has not, or has where functions do not see it. */
function ownVariables(module: Module, kind: ShaderKind): OwnVariable[] {
  const typed = (name: string) => glslType(typeNamed(name));
  return [
    ...[...module.texsizes].map((name) => ({
      type: "vec4",
      name: `texsize_${name}`,
      value: texsize(name),
    })),
    ...[...module.copies].map((name) => ({
      type: typed(UNIFORMS.get(name) ?? ""),
      name: copyName(name),
      value: name,
    })),
    ...[...module.stageGlobals].flatMap((key) => {
      const entry = STAGE_GLOBALS.get(key);
      return entry ? [{ type: typed(entry.type), name: entry.name, value: entry[kind] }] : [];
    }),
    ...[...module.rotations].map((name) => ({ type: "mat4x3", name, value: rotationCall(name) })),
  ];
}

/** Highest turning speed of each family in radians per second. */
const SPEEDS: Record<string, number> = { s: 0, d: 0.1, f: 0.9, vf: 3.3, uf: 8.3 };

/** Three angles and three speeds per matrix, drawn from four random numbers. */
const ROTATION_FUNCTION = `mat4 hl_rotation(vec4 seed, float number, float speed) {
  vec3 start = fract(seed.xyz * 7.31 + seed.w * 3.7 + number * vec3(0.37, 0.61, 0.83));
  vec3 angle = 6.28318530718 * start + time * speed * (2.0 * fract(start.yzx * 5.3) - 1.0);
  vec3 s = sin(angle);
  vec3 c = cos(angle);
  mat3 x = mat3(1.0, 0.0, 0.0, 0.0, c.x, s.x, 0.0, -s.x, c.x);
  mat3 y = mat3(c.y, 0.0, -s.y, 0.0, 1.0, 0.0, s.y, 0.0, c.y);
  mat3 z = mat3(c.z, s.z, 0.0, -s.z, c.z, 0.0, 0.0, 0.0, 1.0);
  return mat4(x * y * z);
}`;

/** GLSL that makes the matrix of this name: four rows of three, the last one zero. */
function rotationCall(name: string): string {
  const [, family, number = "1"] = ROTATION.exec(name) ?? [];
  if (family === undefined) return `mat4x3(hl_rotation(rand_frame, ${number}.0, 0.0))`;
  const speed = (SPEEDS[family] ?? 0).toFixed(1);
  const families = Object.keys(SPEEDS).indexOf(family);
  return `mat4x3(hl_rotation(rand_preset, ${4 * families + Number(number)}.0, ${speed}))`;
}
