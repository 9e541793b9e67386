// MilkDrop's turning matrices (rot_s1 to rot_rand4), which Butterchurn does not have.

import { ROTATION } from "./vocabulary.ts";

/** Highest turning speed of each family in radians per second. */
const SPEEDS: Record<string, number> = { s: 0, d: 0.1, f: 0.9, vf: 3.3, uf: 8.3 };

/** Three angles and three speeds per matrix, drawn from four random numbers. */
export const ROTATION_FUNCTION = `mat4 hl_rotation(vec4 seed, float number, float speed) {
  vec3 start = fract(seed.xyz * 7.31 + seed.w * 3.7 + number * vec3(0.37, 0.61, 0.83));
  vec3 angle = 6.28318530718 * start + time * speed * (2.0 * fract(start.yzx * 5.3) - 1.0);
  vec3 s = sin(angle);
  vec3 c = cos(angle);
  mat3 x = mat3(1.0, 0.0, 0.0, 0.0, c.x, s.x, 0.0, -s.x, c.x);
  mat3 y = mat3(c.y, 0.0, -s.y, 0.0, 1.0, 0.0, s.y, 0.0, c.y);
  mat3 z = mat3(c.z, s.z, 0.0, -s.z, c.z, 0.0, 0.0, 0.0, 1.0);
  return mat4(x * y * z);
}`;

/** GLSL that makes the matrix of this name: four rows of three, the last one zero. */
export function rotationCall(name: string): string {
  const [, family, number = "1"] = ROTATION.exec(name) ?? [];
  if (family === undefined) return `mat4x3(hl_rotation(rand_frame, ${number}.0, 0.0))`;
  const speed = (SPEEDS[family] ?? 0).toFixed(1);
  const families = Object.keys(SPEEDS).indexOf(family);
  return `mat4x3(hl_rotation(rand_preset, ${4 * families + Number(number)}.0, ${speed}))`;
}
