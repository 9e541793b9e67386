// A whole preset: text in, ConvertedPreset out.

import { baseValues } from "./base_values.ts";
import { EquationBlocks, equationReason } from "./equations.ts";
import { isEnabled, leftOut, NUM_ALWAYS, NUM_DRAWN } from "./left_out.ts";
import { type Milk, type MilkPart, readMilk } from "./milk.ts";
import { ABSENT_SHADER, type ConvertedShader, convertShader } from "./shader.ts";
import type {
  ButterchurnPreset,
  ConvertedPreset,
  EquationReport,
  Equations,
  ShaderKind,
} from "./types.ts";
import { CONVERTER } from "./version.ts";

/** Turns a shader's source into Butterchurn's. */
export type ShaderConverter = (source: string, kind: ShaderKind) => ConvertedShader;

/**
 * Converts preset text (bytes decoded as latin-1). Any text makes a preset; what is wrong with a
 * shader or a block of equations stands in its report.
 */
export function convertPreset(text: string): ConvertedPreset {
  return convertPresetWith(text, convertShader);
}

/** The same with another way to convert the shaders that have a source. */
export function convertPresetWith(text: string, convert: ShaderConverter): ConvertedPreset {
  const milk = readMilk(text);
  const warp = milk.warp.trim() === "" ? ABSENT_SHADER : convert(milk.warp, "warp");
  const comp = milk.comp.trim() === "" ? ABSENT_SHADER : convert(milk.comp, "comp");
  const blocks = new EquationBlocks();
  const butterchurn: ButterchurnPreset = {
    ...equations(milk.preset, blocks),
    version: dialect(milk),
    pixel_eqs_eel: blocks.text(milk.preset, "per_pixel"),
    waves: drawn(milk.waves, "wave").map((wave) => ({
      ...equations(wave, blocks),
      point_eqs_eel: blocks.text(wave, "per_point"),
    })),
    shapes: drawn(milk.shapes, "shape").map((shape) => equations(shape, blocks)),
    warp: warp.glsl,
    comp: comp.glsl,
  };
  return report(butterchurn, { warp, comp }, blocks.reports, leftOut(milk));
}

/** Returns the dialect of the equations, see `ButterchurnPreset.version`. */
function dialect({ preset }: Milk): number {
  return (preset.values.get("milkdrop_preset_version") ?? 0) >= 201 ? 2 : 1;
}

function equations(part: MilkPart, blocks: EquationBlocks): Equations {
  return {
    baseVals: baseValues(part),
    init_eqs_eel: blocks.text(part, "init"),
    frame_eqs_eel: blocks.text(part, "per_frame"),
  };
}

/** Returns the waves or shapes that are drawn, with empty ones where the preset has none. */
function drawn(parts: readonly MilkPart[], kind: MilkPart["kind"]): MilkPart[] {
  const indices = parts.filter(isEnabled).map(({ index }) => index);
  const last = Math.max(NUM_ALWAYS - 1, ...indices.filter((index) => index < NUM_DRAWN));
  return Array.from({ length: last + 1 }, (_, index) => {
    const known = parts.find((part) => part.index === index);
    return known ?? { kind, index, values: new Map(), blocks: new Map() };
  });
}

function report(
  butterchurn: ButterchurnPreset,
  shaders: Record<ShaderKind, ConvertedShader>,
  equations: EquationReport[],
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
    ...equations.map(equationReason),
    ...unable,
  ];
  return {
    converter: CONVERTER,
    butterchurn,
    shaders: { warp: warp.report, comp: comp.report },
    equations,
    userTextures,
    guessedTexsizes,
    degraded: degradedReasons.length > 0,
    degradedReasons,
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
