// A whole preset: text in, ConvertedPreset out.

import { baseValues } from "./base_values.ts";
import { EquationBlocks, equationReason } from "./equations.ts";
import { isEnabled, type Milk, type MilkPart, readMilk } from "./milk.ts";
import { ABSENT_SHADER, type ConvertedShader, convertShader } from "./shader.ts";
import type {
  ButterchurnPreset,
  ConvertedPreset,
  EquationReport,
  Equations,
  ShaderKind,
} from "./types.ts";

/** Raised on every change that can change any output. */
const OWN_VERSION = 4;

/**
 * How `pow` treats a negative base, which GLSL leaves undefined: `abs` raises |a|, so that every
 * renderer draws the same.
 */
const POW_POLICY = "abs";

export const CONVERTER = [`aivj-convert ${OWN_VERSION}`, `pow ${POW_POLICY}`].join(", ");

/** Custom waves and custom shapes that there always are, of each: those of MilkDrop 2. */
const NUM_ALWAYS = 4;
/** And those that are drawn where a preset has them: those of MilkDrop 3. */
const NUM_DRAWN = 16;

/** Turns a shader's source into Butterchurn's. */
type ShaderConverter = (source: string, kind: ShaderKind) => ConvertedShader;

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

/** Says what is not drawn, a sentence a kind; nothing of a preset of MilkDrop 2 or 3. */
export function leftOut(milk: Milk): string[] {
  const waves = beyond(milk.waves);
  const shapes = beyond(milk.shapes);
  return [
    ...(isEmpty(milk) ? ["the text holds no preset: not one value, not one line of code"] : []),
    ...(waves > 0 ? [`custom waves beyond the first ${NUM_DRAWN} are left out: ${waves}`] : []),
    ...(shapes > 0 ? [`custom shapes beyond the first ${NUM_DRAWN} are left out: ${shapes}`] : []),
  ];
}

/** Whether nothing was read that says what to draw. */
function isEmpty({ preset, waves, shapes, warp, comp }: Milk): boolean {
  const all = [preset, ...waves, ...shapes];
  const isBare = all.every(({ values, blocks }) => values.size === 0 && blocks.size === 0);
  return isBare && warp === "" && comp === "";
}

function beyond(parts: readonly MilkPart[]): number {
  return parts.filter((part) => part.index >= NUM_DRAWN && isEnabled(part)).length;
}
