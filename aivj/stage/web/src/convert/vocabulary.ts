// The names that MilkDrop, HLSL, GLSL ES 3.00 and Butterchurn have already given away.

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
interface StageGlobal {
  readonly name: string;
  readonly type: string;
  /** GLSL that sets it, where the two shaders see the value, or do not have it. */
  readonly warp: string;
  readonly comp: string;
}

/** How often the picture can be halved. */
function sizeInSteps(name: string, value: string): StageGlobal {
  return { name, type: "float", warp: value, comp: value };
}

/** By MilkDrop's name. There is no end to a preset's time with us, so `progress` stands still. */
export const STAGE_GLOBALS: ReadonlyMap<string, StageGlobal> = new Map([
  ["rad", { name: "hl_rad", type: "float", warp: "rad", comp: "rad" }],
  ["ang", { name: "hl_ang", type: "float", warp: "ang", comp: "ang" }],
  ["uv_orig", { name: "hl_uvo", type: "float2", warp: "uv_orig", comp: "uv_orig" }],
  ["hue_shader", { name: "hl_hue", type: "float3", warp: "vec3(1.0)", comp: "hue_shader" }],
  ["decay", { name: "hl_decay", type: "float", warp: "decay", comp: "1.0" }],
  ["progress", { name: "hl_progress", type: "float", warp: "0.0", comp: "0.0" }],
  ["mip_x", sizeInSteps("hl_mip_x", "log2(texsize.x)")],
  ["mip_y", sizeInSteps("hl_mip_y", "log2(texsize.y)")],
  ["mip_avg", sizeInSteps("hl_mip_avg", "0.5 * (log2(texsize.x) + log2(texsize.y))")],
]);

/** Name of the function that a preset's `shader_body` becomes. */
export const ENTRY = "hl_entry";

/** Name of our writable copy of a uniform. Two underscores in a row are GLSL's own. */
export function copyName(uniform: string): string {
  return `hw_${uniform.replace(/^_/, "")}`;
}

/** MilkDrop's turning matrices: static, drifting, fast, very fast, ultra fast, new every frame. */
export const ROTATION = /^rot_(?:(s|d|f|vf|uf)|rand)([1-4])$/;
