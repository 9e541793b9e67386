// The names that MilkDrop gives a shader: uniforms, samplers, turning matrices.

import type { WrittenType } from "../syntax/tree.ts";
import { numeric } from "../syntax/type_names.ts";
import { copyName, ROTATION, SAMPLERS, STAGE_GLOBALS, UNIFORMS } from "../vocabulary.ts";
import type { Module } from "./module.ts";
import type { Type } from "./types.ts";
import type { Value } from "./values.ts";

const PREFIXED = /^(sampler|texsize)_(.+)$/;
const MODE = /^(?:[fp][wc]|[wc][fp])_/i;

const TYPES: Record<string, Type> = {
  float: numeric("float"),
  float2: numeric("float", 2),
  float3: numeric("float", 3),
  float4: numeric("float", 4),
  sampler2D: { kind: "sampler", dimension: "2D" },
  sampler3D: { kind: "sampler", dimension: "3D" },
};

export function typeNamed(name: string): Type {
  return TYPES[name] ?? { kind: "opaque" };
}

/** What a name that the shader does not declare stands for, or null. */
export function builtin(module: Module, name: string): Value | null {
  const plain = resolved(name);
  const uniform = UNIFORMS.get(plain);
  if (uniform !== undefined) return uniformValue(module, plain, typeNamed(uniform));
  const sampler = SAMPLERS.get(plain);
  if (sampler !== undefined) return { code: plain, type: typeNamed(sampler) };
  const stage = STAGE_GLOBALS.get(plain);
  if (stage !== undefined) {
    module.stageGlobals.add(plain);
    return { code: stage.name, type: typeNamed(stage.type), place: { kind: "variable" } };
  }
  if (ROTATION.test(plain)) {
    module.rotations.add(plain);
    return { code: plain, type: numeric("float", 3, 4), place: { kind: "variable" } };
  }
  return ofTexture(module, plain);
}

function uniformValue(module: Module, name: string, type: Type): Value {
  if (module.copies.has(name)) {
    return { code: copyName(name), type, place: { kind: "variable" } };
  }
  return { code: name, type, place: { kind: "uniform", name } };
}

/** A texture that Butterchurn does not declare: the preset's own or one of MilkDrop's images. */
function ofTexture(module: Module, name: string): Value | null {
  const [, kind, texture = ""] = PREFIXED.exec(name) ?? [];
  if (kind === undefined || !/^\w+$/.test(texture)) return null;
  if (kind === "sampler") {
    module.textures.add(texture);
    return { code: name, type: typeNamed("sampler2D") };
  }
  module.texsizes.add(texture);
  return { code: name, type: typeNamed("float4"), place: { kind: "variable" } };
}

/**
 * `sampler_fw_noise_hq` -> `sampler_noise_hq`: MilkDrop writes filter and wrap mode before the
 * name, in any case. Where Butterchurn has no sampler of that mode, its usual one has to do.
 */
function resolved(name: string): string {
  const [, kind = "", rest = ""] = PREFIXED.exec(name) ?? [];
  const exact = kind === "" || SAMPLERS.has(name) || UNIFORMS.has(name);
  if (exact) return name;
  const lower = `${kind}_${rest.toLowerCase()}`;
  if (SAMPLERS.has(lower) || UNIFORMS.has(lower)) return lower;
  const plain = rest.replace(MODE, "");
  if (kind === "texsize" && plain === "main") return "texsize";
  return `${kind}_${plain}`;
}

/** True if a declaration of this name only says what we know: samplers and sizes of textures. */
export function isDeclaredByUs(type: WrittenType, name: string, hasValue: boolean): boolean {
  if (type.kind === "sampler" || type.kind === "opaque") return true;
  return !hasValue && (UNIFORMS.has(name) || PREFIXED.test(name));
}

/** The name of the sampler that is declared as `name`, which may lack its `sampler_`. */
export function samplerName(name: string): string {
  return PREFIXED.test(name) ? name : `sampler_${name}`;
}
