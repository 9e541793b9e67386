// The shapes that leave the converter. `aivj/stage/converted_preset.py` reads them.

/** Which of a preset's two shaders: the one that moves the last frame, or the one that shows it. */
export type ShaderKind = "warp" | "comp";

/**
 * Where a conversion gave up. `timeout` is set by the owner of the process, which was killed, `link`
 * by who has a browser.
 */
export type FailureStage = "preprocess" | "parse" | "timeout" | "link";

export interface ShaderReport {
  /** `none`: the preset has no source for it. Without `ok`, Butterchurn draws its own default. */
  state: "none" | "ok" | "failed";
  stage: FailureStage | null;
  message: string | null;
}

/** A block of equations that does not compile and is therefore left out. */
export interface EquationReport {
  /** Such as "per_frame" or "wave 2 per_point". */
  block: string;
  /** Counted from 1: the number of the block's line, and the place in it. */
  line: number;
  column: number;
  /** What stands there; empty at the end. */
  text: string;
  message: string;
}

export interface Equations {
  baseVals: Record<string, number>;
  init_eqs_eel: string;
  frame_eqs_eel: string;
}

/**
 * What `Visualizer.loadPreset` of Butterchurn 3 reads, with our reading of equations in it. There
 * are always four waves and shapes, and up to sixteen.
 */
export interface ButterchurnPreset extends Equations {
  /** Dialect of the equations: 1 for MilkDrop 1 presets, 2 from preset version 201 on. */
  version: number;
  pixel_eqs_eel: string;
  waves: (Equations & { point_eqs_eel: string })[];
  shapes: Equations[];
  /** GLSL ES 3.00 in Butterchurn's form (globals, then `shader_body {...}`), or empty. */
  warp: string;
  comp: string;
}

export interface ConvertedPreset {
  /** Everything that decides the output besides the preset: our version, pow policy, packages. */
  converter: string;
  butterchurn: ButterchurnPreset;
  shaders: Record<ShaderKind, ShaderReport>;
  /** Blocks of equations that are left out. */
  equations: EquationReport[];
  /** Textures the preset names that neither Butterchurn nor the preset brings along. */
  userTextures: string[];
  /** Textures whose size the preset reads and that we had to make up. */
  guessedTexsizes: string[];
  /** The preset does not look as its author meant it. */
  degraded: boolean;
  degradedReasons: string[];
}

/** A shader that cannot be converted, and where that was found out. */
export class ShaderError extends Error {
  readonly stage: FailureStage;

  constructor(stage: FailureStage, message: string) {
    super(message);
    this.stage = stage;
  }
}
