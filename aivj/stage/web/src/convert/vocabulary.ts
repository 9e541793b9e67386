// The names that MilkDrop, HLSL, GLSL ES 3.00 and Butterchurn have already given away.

import { isIntrinsic } from "./intrinsics.ts";

function table(type: string, names: string): [string, string][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, type]);
}

function numbered(prefix: string, count: number): string {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`).join(" ");
}

/** Uniforms that Butterchurn declares before a preset's shader, and their types. */
export const UNIFORMS: ReadonlyMap<string, string> = new Map([
  ...table("float", "time fps frame bass mid treb vol bass_att mid_att treb_att vol_att"),
  ...table("float", "blur1_min blur1_max blur2_min blur2_max blur3_min blur3_max"),
  ...table("float", "scale1 scale2 scale3 bias1 bias2 bias3"),
  ...table("float", numbered("q", 32)),
  ...table("float4", "aspect texsize slow_roam_cos roam_cos slow_roam_sin roam_sin"),
  ...table("float4", "rand_preset rand_frame _qa _qb _qc _qd _qe _qf _qg _qh"),
  ...table("float4", "texsize_noise_lq texsize_noise_mq texsize_noise_hq texsize_noise_lq_lite"),
  ...table("float4", "texsize_noisevol_lq texsize_noisevol_hq"),
]);

/** Samplers that Butterchurn declares before a preset's shader, and their types. */
export const SAMPLERS: ReadonlyMap<string, string> = new Map([
  ...table("sampler2D", "sampler_main sampler_fw_main sampler_fc_main sampler_pw_main"),
  ...table("sampler2D", "sampler_pc_main sampler_blur1 sampler_blur2 sampler_blur3"),
  ...table("sampler2D", "sampler_noise_lq sampler_noise_lq_lite sampler_noise_mq"),
  ...table("sampler2D", "sampler_noise_hq sampler_pw_noise_lq"),
  ...table("sampler3D", "sampler_noisevol_lq sampler_noisevol_hq"),
]);

/** A value MilkDrop offers and Butterchurn keeps inside `main` or lacks: a global of ours. */
export interface StageGlobal {
  readonly name: string;
  readonly type: string;
  /** GLSL that sets it, where the two shaders see the value, or do not have it. */
  readonly warp: string;
  readonly comp: string;
}

/** By MilkDrop's name. There is no end to a preset's time with us, so `progress` stands still. */
export const STAGE_GLOBALS: ReadonlyMap<string, StageGlobal> = new Map([
  ["rad", { name: "hl_rad", type: "float", warp: "rad", comp: "rad" }],
  ["ang", { name: "hl_ang", type: "float", warp: "ang", comp: "ang" }],
  ["uv_orig", { name: "hl_uvo", type: "float2", warp: "uv_orig", comp: "uv_orig" }],
  ["hue_shader", { name: "hl_hue", type: "float3", warp: "vec3(1.0)", comp: "hue_shader" }],
  ["decay", { name: "hl_decay", type: "float", warp: "decay", comp: "1.0" }],
  ["progress", { name: "hl_progress", type: "float", warp: "0.0", comp: "0.0" }],
]);

/** Name of the function that a preset's `shader_body` becomes. */
export const ENTRY = "hl_entry";

/** An empty function that ends the prelude, so that the lifter knows where the preset begins. */
export const MARKER = "hl_marker";

/** Name of our writable copy of a uniform. */
export const COPY_PREFIX = "hw_";

/** MilkDrop's turning matrices: static, drifting, fast, very fast, ultra fast, new every frame. */
export const ROTATION = /^rot_(?:(s|d|f|vf|uf)|rand)([1-4])$/;

const GLSL_WORDS = `
  active asm atomic_uint attribute buffer cast centroid class coherent common enum
  extern external filter fixed flat fvec2 fvec3 fvec4 goto half highp hvec2 hvec3 hvec4 input
  inline interface invariant ivec2 ivec3 ivec4 uvec2 uvec3 uvec4 bvec2 bvec3 bvec4 vec2 vec3 vec4
  dvec2 dvec3 dvec4 mat2 mat3 mat4 mat2x2 mat2x3 mat2x4 mat3x2 mat3x3 mat3x4 mat4x2 mat4x3 mat4x4
  layout long lowp mediump namespace noinline noperspective output packed partition patch precise
  precision public readonly resource restrict sample sampler samplerCube shared short sizeof smooth
  static subroutine superp template texture this typedef union unsigned using varying
  volatile writeonly double`;

/** Words of hlslparser's own, and names its tokenizer takes for numbers. */
const PARSER_WORDS = `
  technique pass pipeline stage compile register packoffset cbuffer tbuffer linear nointerpolation
  sampler_state inf nan infinity`;

const GLSL_FUNCTIONS = `
  abs acos acosh all any asin asinh atan atanh ceil clamp cos cosh cross dFdx dFdy degrees
  determinant distance dot equal exp exp2 faceforward floatBitsToInt floor fract fwidth greaterThan
  greaterThanEqual intBitsToFloat inverse inversesqrt isinf isnan length lessThan lessThanEqual log
  log2 matrixCompMult max min mix mod modf normalize not notEqual outerProduct pow radians reflect
  refract round roundEven sign sin sinh smoothstep sqrt step tan tanh texelFetch texture textureGrad
  textureLod textureProj textureSize transpose trunc texture2D texture3D`;

/** What Butterchurn's own text around a preset's shader declares besides the uniforms above. */
const BUTTERCHURN_NAMES = `
  PI main vColor vUv fragColor resolution gammaAdj echo_zoom echo_alpha echo_orientation invert
  brighten darken solarize fShader lum shader_body`;

const TAKEN = new Set(
  `${GLSL_WORDS} ${GLSL_FUNCTIONS} ${PARSER_WORDS} ${BUTTERCHURN_NAMES}`.trim().split(/\s+/),
);

/** True if a preset's own variable or function must not bear this name in the finished shader. */
export function isTaken(name: string): boolean {
  return TAKEN.has(name) || isIntrinsic(name) || name.includes("__") || name.startsWith("gl_");
}
