import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { HlslParser } from "../../../aivj/stage/web/src/convert/parser.ts";
import { convertPreset } from "../../../aivj/stage/web/src/convert/preset.ts";
import type { ConvertedPreset } from "../../../aivj/stage/web/src/convert/types.ts";

const LIBRARY = "/usr/share/projectM/presets";
const parser = new HlslParser();

function convert(...lines: string[]): Promise<ConvertedPreset> {
  return convertPreset(
    ["MILKDROP_PRESET_VERSION=201", "[preset00]", ...lines].join("\r\n"),
    parser,
  );
}

test("a preset without shaders passes its equations through", async () => {
  const preset = await convert(
    "zoom=1.5",
    "per_frame_1=q1=bass;",
    "per_frame_2=q2=2;",
    "per_frame_init_1=q3=1;",
    "per_pixel_1=rot=0.1;",
    "wavecode_0_enabled=1",
    "wave_0_per_point1=x=0;",
    "shapecode_3_sides=7",
    "shape_3_per_frame1=ang=time;",
  );
  const { butterchurn } = preset;
  assert.equal(butterchurn.version, 2);
  assert.equal(butterchurn.baseVals.zoom, 1.5);
  assert.equal(butterchurn.frame_eqs_eel, "q1=bass;\nq2=2;");
  assert.equal(butterchurn.init_eqs_eel, "q3=1;");
  assert.equal(butterchurn.pixel_eqs_eel, "rot=0.1;");
  assert.equal(butterchurn.waves[0]?.point_eqs_eel, "x=0;");
  assert.equal(butterchurn.shapes[3]?.baseVals.sides, 7);
  assert.equal(butterchurn.shapes[3]?.frame_eqs_eel, "ang=time;");
  assert.deepEqual([butterchurn.waves.length, butterchurn.shapes.length], [4, 4]);
  assert.deepEqual([butterchurn.warp, butterchurn.comp], ["", ""]);
  assert.equal(preset.shaders.warp.state, "none");
  assert.equal(preset.degraded, false);
});

test("code before the usual place and values behind it are not lost", async () => {
  const { butterchurn } = await convert("per_pixel_1=rot=0.1;", "zoom = 1.5", "rot=nonsense");
  assert.equal(butterchurn.pixel_eqs_eel, "rot=0.1;");
  assert.equal(butterchurn.baseVals.zoom, 1.5);
  assert.ok(!("rot" in butterchurn.baseVals));
});

test("a byte order mark, NULs, an odd header and a second section do no harm", async () => {
  const text = "\u00ef\u00bb\u00bf[Preset01]\nzo\0om=2\n[preset00]\nzoom=3\n";
  const { butterchurn } = await convertPreset(text, parser);
  assert.equal(butterchurn.version, 1);
  assert.equal(butterchurn.baseVals.zoom, 2);
});

test("a preset of MilkDrop 3 is drawn without what is beyond MilkDrop 2, and degraded", async () => {
  const preset = await convert("shapecode_2_enabled=1", "shapecode_4_enabled=1");
  assert.deepEqual(preset.degradedReasons, ["custom shapes beyond the first 4 are left out: 1"]);
  assert.equal(preset.butterchurn.shapes[2]?.baseVals.enabled, 1);
  assert.equal(preset.butterchurn.shapes.length, 4);
});

test("text that is no preset makes an empty one", async () => {
  for (const text of ["", "\0\0\0", "\u00ff\u00fe garbage [", "zoom=2\rrot=1"]) {
    const preset = await convertPreset(text, parser);
    assert.equal(preset.butterchurn.frame_eqs_eel, "");
    assert.equal(preset.degraded, false);
  }
});

test("a shader is converted", async () => {
  const preset = await convert(
    "warp_1=`float3 tint = float3(1, 0.5, 0.25);",
    "warp_2=`shader_body",
    "warp_3=`{",
    "warp_4=`  ret = lerp(GetPixel(uv), tint, 0.001) * rad;",
    "warp_5=`}",
  );
  assert.deepEqual(preset.shaders.warp, { state: "ok", stage: null, message: null });
  assert.equal(
    preset.butterchurn.warp,
    `float hl_lerp(float a, float b, float c) { return mix(a, b, c); }
vec2 hl_lerp(vec2 a, vec2 b, vec2 c) { return mix(a, b, c); }
vec3 hl_lerp(vec3 a, vec3 b, vec3 c) { return mix(a, b, c); }
vec4 hl_lerp(vec4 a, vec4 b, vec4 c) { return mix(a, b, c); }
vec4 hl_tex2D(sampler2D a, vec2 b) { return texture(a, b); }
vec4 hl_tex2D(sampler2D a, vec2 b, vec2 c, vec2 d) { return textureGrad(a, b, c, d); }
float hl_rad;
vec3 tint;
vec4 hl_entry(vec2 uv) {
    vec3 ret = vec3(0, 0, 0);
    (ret = (hl_lerp((hl_tex2D(sampler_main, uv)).xyz, tint, vec3 (0.001000)) * vec3 (hl_rad)));
    return vec4(ret, 1.000000);
}
shader_body {
hl_rad = rad;
tint = vec3(1, 0.500000, 0.250000);
ret = hl_entry(uv).xyz;
}`,
  );
});

const FAILURES: readonly [string, string, string, RegExp][] = [
  [
    "a name longer than the parser's buffer",
    `shader_body { float ${"a".repeat(300)}; }`,
    "preprocess",
    /line 1: a name is too long/,
  ],
  [
    "an expression nested too deeply for the parser",
    `shader_body { ret = ${"- ".repeat(9000)} 1; }`,
    "parse",
    /broke off/,
  ],
  [
    "a name nobody declares",
    "shader_body {\ncomp_2=`ret = nobody; }",
    "parse",
    /^line 2: .*'nobody'/,
  ],
  ["an unbalanced bracket", "shader_body { ret = f((1; }", "preprocess", /has no partner/],
  ["no body", "float a;", "preprocess", /no shader_body/],
  ["a body without braces", "shader_body ret = 1;", "preprocess", /no braces/],
  [
    "a matrix that is not square",
    "shader_body { ret = mul(float2x3(a, b), uv); }",
    "preprocess",
    /float2x3/,
  ],
];

for (const [name, source, stage, message] of FAILURES) {
  test(`a shader with ${name} fails by name and leaves the rest`, async () => {
    const preset = await convert("per_frame_1=q1=1;", `comp_1=\`${source}`);
    assert.equal(preset.shaders.comp.state, "failed");
    assert.equal(preset.shaders.comp.stage, stage);
    assert.match(preset.shaders.comp.message ?? "", message);
    assert.equal(preset.butterchurn.comp, "");
    assert.equal(preset.butterchurn.frame_eqs_eel, "q1=1;");
    assert.equal(preset.degraded, true);
    assert.match(preset.degradedReasons.join(), new RegExp(`^comp shader: ${stage}: `));
  });
}

test("the parser works on after it has broken off", async () => {
  const broken = await convert(`comp_1=\`shader_body { ret = ${"- ".repeat(9000)} 1; }`);
  const sound = await convert("comp_1=`shader_body { ret = 1; }");
  assert.deepEqual([broken.shaders.comp.state, sound.shaders.comp.state], ["failed", "ok"]);
});

test("textures that nobody ships are named, as are sizes that had to be guessed", async () => {
  const preset = await convert(
    "warp_1=`sampler sampler_fw_grain;",
    "warp_2=`shader_body { ret = tex2D(sampler_fw_grain, uv * texsize_grain.xy).xyz; }",
    "comp_1=`shader_body { ret = tex2D(sampler_clouds2, uv * texsize_clouds2.xy).xyz; }",
  );
  assert.deepEqual(preset.userTextures, ["grain"]);
  assert.deepEqual(preset.guessedTexsizes, ["grain"]);
  assert.deepEqual(preset.degradedReasons, [
    "texture 'grain' is missing",
    "size of texture 'grain' is a guess",
  ]);
  assert.match(preset.butterchurn.warp, /^uniform sampler2D sampler_grain;$/m);
});

test("blur textures are named only where they are used, because Butterchurn counts them", async () => {
  const preset = await convert("comp_1=`shader_body { ret = GetBlur2(uv); }");
  assert.match(preset.butterchurn.comp, /sampler_blur2/);
  assert.doesNotMatch(preset.butterchurn.comp, /sampler_blur[13]/);
});

test("real presets convert, and twice the same", async () => {
  const folder = join(LIBRARY, "presets_milkdrop_200");
  const names = readdirSync(folder).filter((name) => name.endsWith(".milk"));
  let shaders = 0;
  for (const name of names.slice(0, 120)) {
    const text = readFileSync(join(folder, name), "latin1");
    const preset = await convertPreset(text, parser);
    for (const [kind, { state, message }] of Object.entries(preset.shaders)) {
      assert.notEqual(state, "failed", `${name}: ${kind}: ${message}`);
      if (state === "ok") shaders += 1;
    }
    assert.deepEqual(await convertPreset(text, parser), preset, name);
  }
  assert.ok(shaders > 100, `only ${shaders} shaders among the first ${names.length} presets`);
});
