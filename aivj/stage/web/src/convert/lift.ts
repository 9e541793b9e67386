// From the parser's GLSL ES 1.00 to the GLSL ES 3.00 that Butterchurn puts its own text around.

import { glslType } from "./hlsl_types.ts";
import { intrinsicDefinitions } from "./intrinsics.ts";
import { liftMatrices, wideningDefinitions } from "./matrices.ts";
import type { NamesUsed } from "./names_used.ts";
import { ROTATION_FUNCTION, rotationCall } from "./rotations.ts";
import { constantLiteral } from "./rules/numbers.ts";
import { texsize } from "./textures.ts";
import { ShaderError, type ShaderKind } from "./types.ts";
import { COPY_PREFIX, ENTRY, MARKER, STAGE_GLOBALS, UNIFORMS } from "./vocabulary.ts";

const GLOBAL = /^uniform (\S+ \w+(?:\[[^=]*\])?)(?: = (.*))?;$/;
const HELPER = /^i?vec\d +(m_scalar_swizzle\w+)\(/;

/**
 * Returns a shader in Butterchurn's form: globals and functions, then `shader_body { ... }`.
 *
 * @param generated What the parser printed for prelude and preset.
 * @throws ShaderError of stage `lift` if that does not have the shape it always had.
 */
export function lift(generated: string, used: NamesUsed, kind: ShaderKind): string {
  const lines = generated.split("\n").filter((line) => !line.startsWith("#line"));
  const marker = lines.indexOf(`void ${MARKER}() {`);
  const main = lines.indexOf("void main() {", marker);
  if (marker === -1 || main === -1) {
    throw new ShaderError("lift", "the parser's output has lost its marker or its main function");
  }
  const own = ownDeclarations(used, kind);
  const preset = presetLines(lines.slice(marker + 2, main));
  const text = preset.lines.join("\n");
  const helpers = lines.slice(0, marker).filter((line) => {
    const name = HELPER.exec(line)?.[1];
    return name !== undefined && text.includes(`${name}(`);
  });
  return [
    ...helpers,
    ...intrinsicDefinitions(used.intrinsics),
    ...wideningDefinitions([text, ...preset.assignments].join("\n")),
    ...own.declarations,
    text,
    "shader_body {",
    ...own.assignments,
    ...preset.assignments,
    `ret = ${ENTRY}(uv).xyz;`,
    "}",
  ].join("\n");
}

interface Globals {
  declarations: string[];
  /** GLSL wants constant initial values; ours are set when the body runs. */
  assignments: string[];
}

function ownDeclarations(used: NamesUsed, kind: ShaderKind): Globals {
  const variables: [type: string, name: string, value: string][] = [
    ...used.texsizes.map((name): [string, string, string] => {
      return ["vec4", `texsize_${name}`, texsize(name)];
    }),
    ...used.copies.map((name): [string, string, string] => {
      return [glslType(UNIFORMS.get(name) ?? ""), COPY_PREFIX + name, name];
    }),
    ...used.stageGlobals.flatMap((key): [string, string, string][] => {
      const entry = STAGE_GLOBALS.get(key);
      return entry ? [[glslType(entry.type), entry.name, entry[kind]]] : [];
    }),
    ...used.rotations.map((name): [string, string, string] => ["mat4", name, rotationCall(name)]),
  ];
  return {
    declarations: [
      // Butterchurn finds the textures it has to bind by this very form.
      ...used.textures.map((name) => `uniform sampler2D sampler_${name};`),
      ...used.constants.map((name) => `const float ${name} = ${constantLiteral(name)};`),
      ...(used.rotations.length > 0 ? [ROTATION_FUNCTION] : []),
      ...variables.map(([type, name]) => `${type} ${name};`),
    ],
    assignments: variables.map(([, name, value]) => `${name} = ${value};`),
  };
}

function presetLines(generated: readonly string[]): { lines: string[]; assignments: string[] } {
  const assignments: string[] = [];
  const lines = generated.map((line) => {
    const [, declaration, value] = GLOBAL.exec(line) ?? [];
    if (declaration === undefined) return liftMatrices(line);
    const name = declaration.replace(/^\S+ /, "").replace(/\[.*$/, "");
    if (value !== undefined) assignments.push(liftMatrices(`${name} = ${value};`));
    return `${declaration};`;
  });
  return { lines, assignments };
}
