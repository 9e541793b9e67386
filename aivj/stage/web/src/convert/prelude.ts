// The HLSL that hlslparser reads before a preset's own: it wants every name declared and typed.

import { intrinsicDeclarations } from "./intrinsics.ts";
import type { NamesUsed } from "./names_used.ts";
import { COPY_PREFIX, MARKER, SAMPLERS, STAGE_GLOBALS, UNIFORMS } from "./vocabulary.ts";

function declarations(types: ReadonlyMap<string, string>): string {
  return [...types].map(([name, type]) => `${type} ${name};`).join(" ");
}

const FIXED = [
  declarations(SAMPLERS),
  declarations(UNIFORMS),
  [...STAGE_GLOBALS.values()].map(({ type, name }) => `${type} ${name};`).join(" "),
].join(" ");

/** Returns the prelude as one line, without a line break. */
export function prelude(used: NamesUsed): string {
  return [
    FIXED,
    ...intrinsicDeclarations(used.intrinsics),
    ...used.textures.map((name) => `sampler2D sampler_${name};`),
    ...used.texsizes.map((name) => `float4 texsize_${name};`),
    ...used.copies.map((name) => `${UNIFORMS.get(name)} ${COPY_PREFIX}${name};`),
    ...used.rotations.map((name) => `float4x4 ${name};`),
    ...used.constants.map((name) => `float ${name};`),
    `void ${MARKER}() {}`,
  ].join(" ");
}
