import assert from "node:assert/strict";
import { test } from "node:test";
import { convertShader } from "../../../aivj/stage/web/src/convert/shader.ts";

function glsl(source: string): string {
  const { glsl, report } = convertShader(source, "comp");
  assert.equal(report.message, null, source);
  return glsl;
}

/** GLSL of the statements of a `shader_body`. */
function body(code: string): string {
  const lines = glsl(`shader_body { ${code} }`).split("\n");
  const from = lines.indexOf("vec3 hv_ret = vec3(0.0);");
  return lines.slice(from + 1, lines.indexOf("return hv_ret;", from)).join("\n");
}

const WRITTEN: readonly [code: string, written: string][] = [
  ["ret = 1;", "(hv_ret = vec3(1.0));"],
  ["ret = uv.x;", "(hv_ret = vec3(hv_uv.x));"],
  ["ret.xy = uv*2;", "(hv_ret.xy = (hv_uv * 2.0));"],
  ["ret *= uv.x + 1;", "(hv_ret *= (hv_uv.x + 1.0));"],
  ["int i = 2.7;", "int hv_i = 2;"],
  ["int i = uv.x; i *= .5;", "int hv_i = int(hv_uv.x);\n(hv_i = int((float(hv_i) * 0.5)));"],
  ["float x = 1e-7, y = 12345678;", "float hv_x = 1e-7;\nfloat hv_y = 12345678.0;"],
  ["float x = uv.x; { float x = 2; }", "float hv_x = hv_uv.x;\n{\nfloat hv2_x = 2.0;\n}"],
  ["for (int i = 0; i < 3; i++) ;", "for (int hv_i = 0; (hv_i < 3); (hv_i++))\n{\n{\n}\n}"],
  [
    "for (int i = 0; i < 3; i++) { } ret = i;",
    "int hv_i = 0;\nfor (; (hv_i < 3); (hv_i++))\n{\n{\n}\n}\n(hv_ret = vec3(hv_i));",
  ],
  ["float a[2][3]; a[1][2] = 1;", "float[6] hv_a;\n(hv_a[(1) * 3 + 2] = 1.0);"],
  ["float a_[2]; a_[uv.x] = 1;", "float[2] hv_a_;\n(hv_a_[int(hv_uv.x)] = 1.0);"],
  [
    "ret = ret == 0 ? 1 : 2;",
    "(hv_ret = vec3(hl_choose(equal(hv_ret, vec3(0.0)), ivec3(1), ivec3(2))));",
  ],
  ["float2x3 m = 0; ret = m[1];", "mat2x3 hv_m = hl_fill2x3(0.0);\n(hv_ret = hv_m[1]);"],
];

for (const [code, written] of WRITTEN) {
  test(`${code} becomes GLSL of the same meaning`, () => assert.equal(body(code), written));
}

test("lines of GLSL bear no name of GLSL's, Butterchurn's or ours for what a preset declares", () => {
  const text = glsl("float mix, PI, hl_entry, a__b; shader_body { float main = mix; ret = main; }");
  assert.match(text, /^float hv_mix;\nfloat hv_PI;\nfloat hv_hl_entry;\nfloat hv_a_u_b;$/m);
});

test("a uniform is copied only where it is written", () => {
  const read = glsl("shader_body { ret = q1 + time; }");
  assert.doesNotMatch(read, /hw_/);
  const written = glsl("void f(out float x) { x = 1; } shader_body { f(q1); ret = q1 + q2; }");
  assert.match(written, /^float hw_q1;$/m);
  assert.match(written, /^hw_q1 = q1;$/m);
  assert.doesNotMatch(written, /hw_q2/);
});

test("functions that nothing calls are left out, called ones stand in order", () => {
  const text = glsl(
    "float b(float x); float a(float x) { return b(x); } float unused() { return nobody; }" +
      "float b(float x) { return x; } shader_body { ret = a(1); }",
  );
  assert.match(text, /float hv2_b\(float hv\d?_x\) \{|float hv_b\(float hv\d?_x\) \{/);
  assert.ok(text.indexOf("hv_a(float") > text.search(/hv\d?_b\(float/));
  assert.doesNotMatch(text, /unused/);
});

test("what the stage has and Butterchurn keeps to itself is set by each shader's own words", () => {
  const source = "shader_body { ret = hue_shader * rot_f1[0] * texsize_clouds2.x; }";
  const comp = glsl(source);
  assert.match(comp, /^hl_hue = hue_shader;$/m);
  assert.match(comp, /^rot_f1 = mat4x3\(hl_rotation\(rand_preset, 9\.0, 0\.9\)\);$/m);
  assert.match(comp, /^texsize_clouds2 = vec4\(128\.0, /m);
  assert.match(convertShader(source, "warp").glsl, /^hl_hue = vec3\(1\.0\);$/m);
});

const REFUSED: readonly [source: string, message: RegExp][] = [
  ["shader_body { ret = uv.z; }", /^line 1: float2 has no 'z'/],
  ["shader_body {\nret = float3(1, 2); }", /^line 2: float3 takes 3 numbers, not 2/],
  ["shader_body { float2 a = 0; float3 b = a; }", /^line 1: float2 does not become float3/],
  ["float f(float x) { return f(x); } shader_body { ret = f(1); }", /'f' calls itself/],
  ["float f(float x); shader_body { ret = f(1); }", /'f' has no body/],
  ["float f(float x) { return x; } shader_body { ret = f(1, 2); }", /no function 'f' takes/],
  ["shader_body { ret = nothing(1); }", /there is no function 'nothing'/],
  ["shader_body { ret = max(1); }", /max\(\) takes 2 arguments, not 1/],
  ["shader_body { 1 = 2; }", /cannot be assigned to/],
  ["shader_body { ret.xx = uv; }", /cannot be assigned to/],
  ["shader_body { float a[2] = {1}; }", /too few initial values/],
  ["shader_body { float a[2] = {1, 2, 3}; }", /too many initial values/],
  ["shader_body { int n = 3; float a[n]; }", /has to be a constant/],
  ["shader_body { float a[2]; ret = a[2]; }", /an array of 2 has no \[2\]/],
  ["shader_body { float a[2][2]; float b[2] = a[0]; }", /a row of an array cannot stand alone/],
  ["shader_body { float2x2 m = 0; ret = m < m; }", /cannot be compared/],
  ["shader_body { float2x2 m = 0; ret = m._m22; }", /float2x2 has no '_m22'/],
  ["shader_body { ret = 1.#IND; }", /is no number/],
  ["shader_body { if (1 ret = 2; }", /expected '\)' before 'ret'/],
  ["shader_body { ret = 1 }", /expected ';' before the end/],
  ["shader_body { ret = 1; } }", /a '}' too many/],
  ["float3 a\nshader_body { ret = 1; }", /expected ';'/],
  ["shader_body { ret = tex2D(sampler_noisevol_lq, uv); }", /takes a sampler of 2D/],
  ["shader_body { S s; ret = 1; }", /'S'|expected ';' before 's'/],
];

for (const [source, message] of REFUSED) {
  test(`${source} is refused by line and reason`, () => {
    const { report } = convertShader(source, "comp");
    assert.equal(report.state, "failed");
    assert.equal(report.stage, "parse");
    assert.match(report.message ?? "", message);
  });
}

test("as many shaders as one likes are converted by one process", () => {
  const source = `shader_body { ${"ret += tex2D(sampler_main, uv * 0.9).xyz; ".repeat(20)} }`;
  const first = glsl(source);
  for (let count = 0; count < 3000; count++)
    assert.equal(convertShader(source, "comp").glsl, first);
});

const ENDLESS: readonly [code: string, message: RegExp][] = [
  ["\nwhile (true) ret += 0.1;", /line 2: a loop that never ends/],
  ["for (;;) { ret += 0.1; }", /never ends/],
  ["do { if (uv.x > 2) { ret = 1; } } while (1);", /never ends/],
  ["while (true) { for (;;) { break; } }", /never ends/],
  ["for (int i = 0; i < 1e6; i++) ret += i;", /a loop of 1000000 rounds; there are 1024 at most/],
  ["int i; for (i = 0; i <= 4000; i += 2) ret += i;", /a loop of 2000 rounds/],
];

for (const [code, message] of ENDLESS) {
  test(`${JSON.stringify(code)} is refused before a GPU hangs in it`, () => {
    assert.match(convertShader(`shader_body { ${code} }`, "comp").report.message ?? "", message);
  });
}

test("loops that end are taken, however they do", () => {
  for (const code of [
    "while (true) { ret += 0.1; if (ret.x > 1) break; }",
    "for (;;) { if (uv.x > 0.5) return; ret = 1; return; }",
    "for (int i = 0; i < 1024; i++) ret += i;",
    "for (int i = 9; i > 0; i--) ret += i;",
    "int n = 3; while (n > 0) { n--; }",
    "do { ret += 0.1; } while (ret.x < 1);",
    "while (false) ret = 1;",
  ]) {
    assert.equal(convertShader(`shader_body { ${code} }`, "comp").report.message, null, code);
  }
});
