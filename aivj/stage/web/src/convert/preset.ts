// A whole preset: text in, ConvertedPreset out.

import utils from "milkdrop-preset-utils";
import type { HlslParser } from "./parser.ts";
import { ABSENT_SHADER, type ConvertedShader, convertShader } from "./shader.ts";
import { normalizePreset } from "./source.ts";
import type { ButterchurnPreset, ConvertedPreset, ShaderKind } from "./types.ts";
import { CONVERTER } from "./version.ts";

/** Turns a shader's source into Butterchurn's. */
export type ShaderConverter = (source: string, kind: ShaderKind) => Promise<ConvertedShader>;

/**
 * Converts preset text (bytes decoded as latin-1). Any text makes a preset; what is wrong with a
 * shader stands in its report.
 */
export function convertPreset(text: string, parser: HlslParser): Promise<ConvertedPreset> {
  return convertPresetWith(text, (source, kind) => convertShader(source, kind, parser));
}

/** The same with another way to convert the shaders that have a source. */
export async function convertPresetWith(
  text: string,
  convert: ShaderConverter,
): Promise<ConvertedPreset> {
  const split = utils.splitPreset(normalizePreset(text));
  const warp = split.warp.trim() === "" ? ABSENT_SHADER : await convert(split.warp, "warp");
  const comp = split.comp.trim() === "" ? ABSENT_SHADER : await convert(split.comp, "comp");
  const butterchurn: ButterchurnPreset = {
    version: split.presetVersion,
    baseVals: finite(split.baseVals),
    init_eqs_eel: split.presetInit,
    frame_eqs_eel: split.perFrame,
    pixel_eqs_eel: split.perVertex,
    waves: split.waves.map((wave) => ({
      baseVals: finite(wave.baseVals),
      init_eqs_eel: wave.init_eqs_str,
      frame_eqs_eel: wave.frame_eqs_str,
      point_eqs_eel: wave.point_eqs_str,
    })),
    shapes: split.shapes.map((shape) => ({
      baseVals: finite(shape.baseVals),
      init_eqs_eel: shape.init_eqs_str,
      frame_eqs_eel: shape.frame_eqs_str,
    })),
    warp: warp.glsl,
    comp: comp.glsl,
  };
  return report(butterchurn, { warp, comp });
}

/** Drops values that are no numbers: Butterchurn's defaults take their place. */
function finite(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
}

function report(
  butterchurn: ButterchurnPreset,
  shaders: Record<ShaderKind, ConvertedShader>,
): ConvertedPreset {
  const { warp, comp } = shaders;
  const userTextures = union(warp.userTextures, comp.userTextures);
  const guessedTexsizes = union(warp.guessedTexsizes, comp.guessedTexsizes);
  const failed = Object.entries(shaders).filter(([, shader]) => shader.report.state === "failed");
  const degradedReasons = [
    ...failed.map(([kind, { report }]) => `${kind} shader: ${report.stage}: ${report.message}`),
    ...userTextures.map((name) => `texture '${name}' is missing`),
    ...guessedTexsizes.map((name) => `size of texture '${name}' is a guess`),
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
