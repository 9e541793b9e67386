// One shader from MilkDrop's HLSL to Butterchurn's GLSL.

import { glslShader } from "./glsl/shader.ts";
import { program } from "./program.ts";
import { isShipped } from "./textures.ts";
import { type FailureStage, ShaderError, type ShaderKind, type ShaderReport } from "./types.ts";

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
export function convertShader(source: string, kind: ShaderKind): ConvertedShader {
  try {
    const parts = during("preprocess", () => program(source));
    const { glsl, textures, texsizes } = during("parse", () => glslShader(parts, kind));
    return {
      glsl,
      report: { state: "ok", stage: null, message: null },
      userTextures: textures.filter((name) => !isShipped(name)),
      guessedTexsizes: texsizes.filter((name) => !isShipped(name)),
    };
  } catch (error) {
    if (error instanceof ShaderError) return failedShader(error);
    throw error;
  }
}
