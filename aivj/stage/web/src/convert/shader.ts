// One shader from MilkDrop's HLSL to Butterchurn's GLSL.

import { lift } from "./lift.ts";
import { namesUsed } from "./names_used.ts";
import type { HlslParser } from "./parser.ts";
import { prelude } from "./prelude.ts";
import { program } from "./program.ts";
import { isShipped } from "./textures.ts";
import { print } from "./tokens.ts";
import { type FailureStage, ShaderError, type ShaderKind, type ShaderReport } from "./types.ts";
import { ENTRY } from "./vocabulary.ts";

export interface ConvertedShader {
  /** Empty unless the report says `ok`. */
  readonly glsl: string;
  readonly report: ShaderReport;
  readonly userTextures: readonly string[];
  readonly guessedTexsizes: readonly string[];
}

function withoutResult(report: ShaderReport): ConvertedShader {
  return { glsl: "", report, userTextures: [], guessedTexsizes: [] };
}

/** A shader the preset has no source for. */
export const ABSENT_SHADER = withoutResult({ state: "none", stage: null, message: null });

/** What a shader that could not be converted becomes. */
export function failedShader(error: ShaderError): ConvertedShader {
  return withoutResult({ state: "failed", stage: error.stage, message: error.message });
}

/** Gives an error that is not ours, such as a full stack, the stage it came up in. */
function during<T>(stage: FailureStage, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ShaderError ? error : new ShaderError(stage, String(error));
  }
}

/** Converts a shader that has a source. */
export async function convertShader(
  source: string,
  kind: ShaderKind,
  parser: HlslParser,
): Promise<ConvertedShader> {
  try {
    const tokens = during("preprocess", () => program(source));
    const used = namesUsed(tokens);
    const generated = await parser.toGlsl(`${prelude(used)}\n${print(tokens)}`, ENTRY);
    return {
      glsl: during("lift", () => lift(generated, used, kind)),
      report: { state: "ok", stage: null, message: null },
      userTextures: used.textures.filter((name) => !isShipped(name)),
      guessedTexsizes: used.texsizes.filter((name) => !isShipped(name)),
    };
  } catch (error) {
    if (error instanceof ShaderError) return failedShader(error);
    throw error;
  }
}
