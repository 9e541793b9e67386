// A whole preset: text in, ConvertedPreset out.

import { baseValues } from "./base_values.ts";
import { leftOut, NUM_DRAWN } from "./left_out.ts";
import { type Milk, type MilkPart, readMilk } from "./milk.ts";
import { ABSENT_SHADER, type ConvertedShader, convertShader } from "./shader.ts";
import type { ButterchurnPreset, ConvertedPreset, Equations, ShaderKind } from "./types.ts";
import { CONVERTER } from "./version.ts";

/** Turns a shader's source into Butterchurn's. */
export type ShaderConverter = (source: string, kind: ShaderKind) => ConvertedShader;

/**
 * Converts preset text (bytes decoded as latin-1). Any text makes a preset; what is wrong with a
 * shader stands in its report.
 */
export function convertPreset(text: string): ConvertedPreset {
  return convertPresetWith(text, convertShader);
}

/** The same with another way to convert the shaders that have a source. */
export function convertPresetWith(text: string, convert: ShaderConverter): ConvertedPreset {
  const milk = readMilk(text);
  const warp = milk.warp.trim() === "" ? ABSENT_SHADER : convert(milk.warp, "warp");
  const comp = milk.comp.trim() === "" ? ABSENT_SHADER : convert(milk.comp, "comp");
  const butterchurn: ButterchurnPreset = {
    ...equations(milk.preset),
    version: dialect(milk),
    pixel_eqs_eel: milk.preset.blocks.get("per_pixel") ?? "",
    waves: drawn(milk.waves, "wave").map((wave) => ({
      ...equations(wave),
      point_eqs_eel: wave.blocks.get("per_point") ?? "",
    })),
    shapes: drawn(milk.shapes, "shape").map(equations),
    warp: warp.glsl,
    comp: comp.glsl,
  };
  return report(butterchurn, { warp, comp }, leftOut(milk));
}

/** Returns the dialect of the equations, see `ButterchurnPreset.version`. */
function dialect({ preset }: Milk): number {
  return (preset.values.get("milkdrop_preset_version") ?? 0) >= 201 ? 2 : 1;
}

function equations(part: MilkPart): Equations {
  return {
    baseVals: baseValues(part),
    init_eqs_eel: part.blocks.get("init") ?? "",
    frame_eqs_eel: part.blocks.get("per_frame") ?? "",
  };
}

/** Returns the waves or shapes that Butterchurn draws, with empty ones where the preset has none. */
function drawn(parts: readonly MilkPart[], kind: MilkPart["kind"]): MilkPart[] {
  return Array.from({ length: NUM_DRAWN }, (_, index) => {
    const known = parts.find((part) => part.index === index);
    return known ?? { kind, index, values: new Map(), blocks: new Map() };
  });
}

function report(
  butterchurn: ButterchurnPreset,
  shaders: Record<ShaderKind, ConvertedShader>,
  unable: readonly string[],
): ConvertedPreset {
  const { warp, comp } = shaders;
  const userTextures = union(warp.userTextures, comp.userTextures);
  const guessedTexsizes = union(warp.guessedTexsizes, comp.guessedTexsizes);
  const failed = Object.entries(shaders).filter(([, shader]) => shader.report.state === "failed");
  const degradedReasons = [
    ...failed.map(([kind, { report }]) => `${kind} shader: ${report.stage}: ${report.message}`),
    ...userTextures.map((name) => `texture '${name}' is missing`),
    ...guessedTexsizes.map((name) => `size of texture '${name}' is a guess`),
    ...unable,
  ];
  return {
    converter: CONVERTER,
    butterchurn,
    shaders: { warp: warp.report, comp: comp.report },
    userTextures,
    guessedTexsizes,
    degraded: degradedReasons.length > 0,
    degradedReasons,
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
