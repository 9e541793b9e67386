import assert from "node:assert/strict";
import { test } from "node:test";
import { lift } from "../../../aivj/stage/web/src/convert/lift.ts";
import type { NamesUsed } from "../../../aivj/stage/web/src/convert/names_used.ts";
import { ShaderError } from "../../../aivj/stage/web/src/convert/types.ts";

const NOTHING: NamesUsed = {
  textures: [],
  texsizes: [],
  intrinsics: [],
  copies: [],
  stageGlobals: [],
  rotations: [],
  constants: [],
};

/** What the parser prints around the lines of a preset. */
function generated(...lines: string[]): string {
  return [
    "#version 100",
    "precision highp float;",
    "vec3 matrix_row0(mat3 m, int i) { return vec3( m[0][i], m[1][i], m[2][i] ); }",
    "vec2  m_scalar_swizzle20(float x) { return  vec2(x, x); }",
    "varying vec2 frag_TEXCOORD0;",
    "uniform sampler2D sampler_main;",
    "#line 1",
    "void hl_marker() {",
    "}",
    ...lines,
    "void main() {",
    "    vec2 uv;",
    "}",
  ].join("\n");
}

test("lift keeps the preset's lines and calls its entry", () => {
  const glsl = lift(generated("#line 2", "vec4 hl_entry(vec2 uv) {", "}"), NOTHING, "comp");
  assert.equal(
    glsl,
    ["vec4 hl_entry(vec2 uv) {", "}", "shader_body {", "ret = hl_entry(uv).xyz;", "}"].join("\n"),
  );
});

test("lift keeps a helper of the parser that is used", () => {
  const glsl = lift(generated("a = m_scalar_swizzle20(b);"), NOTHING, "comp");
  assert.match(glsl, /^vec2 {2}m_scalar_swizzle20\(float x\)/);
});

test("lift turns globals into variables that the body sets", () => {
  const glsl = lift(
    generated(
      "uniform vec3 a = vec3 (time);",
      "uniform float b[2] = float[]( 1.0, 2.0 );",
      "uniform mat2 c;",
    ),
    NOTHING,
    "comp",
  );
  assert.match(glsl, /^vec3 a;\nfloat b\[2\];\nmat2 c;\n/);
  assert.match(glsl, /shader_body \{\na = vec3 \(time\);\nb = float\[\]\( 1\.0, 2\.0 \);\nret = /);
});

test("lift turns rows of matrices into columns that can be assigned to", () => {
  const glsl = lift(
    generated("(matrix_row0(m,0) = matrix_row0(f(a, b),int (matrix_row0(n,1).x)));"),
    NOTHING,
    "comp",
  );
  assert.match(glsl, /^\(\(m\)\[0\] = \(f\(a, b\)\)\[int \(\(n\)\[1\]\.x\)\]\);$/m);
});

test("lift fills matrices with a number, except for a product", () => {
  const glsl = lift(
    generated(
      "(a = (m / mat2 (2.0)));",
      "(a = (mat2 (b) - m));",
      "(a = mat2(c, d));",
      "(a = (m * mat3 (2.0)));",
    ),
    NOTHING,
    "comp",
  );
  assert.match(glsl, /^mat2 hl_mat2\(float a\) \{ return mat2\(vec2\(a\), vec2\(a\)\); \}$/m);
  assert.match(glsl, /^\(a = \(m \/ hl_mat2\(2\.0\)\)\);$/m);
  assert.match(glsl, /^\(a = \(hl_mat2\(b\) - m\)\);$/m);
  assert.match(glsl, /^\(a = mat2\(c, d\)\);$/m);
  assert.match(glsl, /^\(a = \(m \* mat3 \(2\.0\)\)\);$/m);
  assert.doesNotMatch(glsl, /hl_mat3/);
});

test("lift defines the functions that are called", () => {
  const glsl = lift(generated(), { ...NOTHING, intrinsics: ["hl_fmod", "hl_other"] }, "comp");
  assert.match(glsl, /^vec3 hl_fmod\(vec3 a, vec3 b\) \{ return a - b \* trunc\(a \/ b\); \}$/m);
  assert.doesNotMatch(glsl, /hl_pow|hl_other/);
});

test("lift raises the size of a negative base", () => {
  const glsl = lift(generated(), { ...NOTHING, intrinsics: ["hl_pow"] }, "comp");
  assert.match(glsl, /^float hl_pow\(float a, float b\) \{ return pow\(abs\(a\), b\); \}$/m);
});

test("lift multiplies by matrices with the operands changed over", () => {
  const glsl = lift(generated(), { ...NOTHING, intrinsics: ["hl_mul"] }, "comp");
  assert.match(glsl, /^vec2 hl_mul\(vec2 a, mat2 b\) \{ return b \* a; \}$/m);
  assert.match(glsl, /^mat3 hl_mul\(mat3 a, mat3 b\) \{ return b \* a; \}$/m);
  assert.match(glsl, /^vec3 hl_mul\(vec3 a, mat4 b\) \{ return mat3\(b\) \* a; \}$/m);
});

test("lift declares what the preset uses, each shader's own way", () => {
  const used: NamesUsed = {
    textures: ["clouds"],
    texsizes: ["clouds", "clouds2"],
    intrinsics: [],
    copies: ["q27"],
    stageGlobals: ["hue_shader"],
    rotations: ["rot_f1"],
    constants: ["hl_k1p5em3"],
  };
  const warp = lift(generated(), used, "warp");
  assert.match(warp, /^uniform sampler2D sampler_clouds;$/m);
  assert.match(warp, /^const float hl_k1p5em3 = 1\.5e-3;$/m);
  assert.match(warp, /^vec3 hl_hue;$/m);
  assert.match(warp, /^hl_hue = vec3\(1\.0\);$/m);
  assert.match(warp, /^float hw_q27;$/m);
  assert.match(warp, /^hw_q27 = q27;$/m);
  assert.match(warp, /^texsize_clouds = vec4\(256\.0, 256\.0, 1\.0 \/ 256\.0, 1\.0 \/ 256\.0\);$/m);
  assert.match(warp, /^texsize_clouds2 = vec4\(128\.0, /m);
  assert.match(warp, /^rot_f1 = hl_rotation\(rand_preset, 9\.0, 0\.9\);$/m);
  assert.match(lift(generated(), used, "comp"), /^hl_hue = hue_shader;$/m);
});

test("lift says so when the parser's output has another shape", () => {
  assert.throws(
    () => lift("#version 100\n", NOTHING, "warp"),
    (error) => error instanceof ShaderError && error.stage === "lift",
  );
});
