import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { convertPreset } from "../../../aivj/stage/web/src/convert/preset.ts";
import type { ConvertedPreset } from "../../../aivj/stage/web/src/convert/types.ts";

const LIBRARY = "/usr/share/projectM/presets";

function convert(...lines: string[]): ConvertedPreset {
  return convertPreset(["MILKDROP_PRESET_VERSION=201", "[preset00]", ...lines].join("\r\n"));
}

test("a preset without shaders passes its equations through", () => {
  const preset = convert(
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

test("code before the usual place and values behind it are not lost", () => {
  const { butterchurn } = convert("per_pixel_1=rot=0.1;", "zoom = 1.5", "rot=nonsense");
  assert.equal(butterchurn.pixel_eqs_eel, "rot=0.1;");
  assert.equal(butterchurn.baseVals.zoom, 1.5);
  assert.ok(!("rot" in butterchurn.baseVals));
});

test("a byte order mark, NULs, an odd header and a second section do no harm", () => {
  const text = "\u00ef\u00bb\u00bf[Preset01]\nzo\0om=2\n[preset00]\nzoom=3\n";
  const { butterchurn } = convertPreset(text);
  assert.equal(butterchurn.version, 1);
  assert.equal(butterchurn.baseVals.zoom, 2);
});

test("a preset of MilkDrop 3 has as many waves and shapes as it draws", () => {
  const preset = convert(
    "shapecode_2_enabled=1",
    "shapecode_6_enabled=1",
    "wavecode_15_enabled=1",
    "wave_15_per_point1=x=sample;",
  );
  assert.deepEqual(preset.degradedReasons, []);
  const { shapes, waves } = preset.butterchurn;
  assert.deepEqual([shapes.length, waves.length], [7, 16]);
  assert.deepEqual([shapes[2]?.baseVals.enabled, shapes[6]?.baseVals.enabled], [1, 1]);
  assert.equal(waves[15]?.point_eqs_eel, "x=sample;");
});

test("a preset beyond MilkDrop 3 is drawn without what is there, and degraded", () => {
  const preset = convert("shapecode_16_enabled=1");
  assert.deepEqual(preset.degradedReasons, ["custom shapes beyond the first 16 are left out: 1"]);
  assert.equal(preset.butterchurn.shapes.length, 4);
});

test("a block of equations that does not compile is left out, and the rest stays", () => {
  const preset = convert(
    "per_frame_init_1=q1=1;",
    "per_frame_1=q1=1;",
    "per_frame_2=q2=cosine(q1);",
    "wavecode_1_enabled=1",
    "wave_1_per_frame1=r=0.5;",
    "wave_1_per_point1=x=sample*;",
  );
  assert.deepEqual(preset.equations, [
    {
      block: "per_frame",
      line: 2,
      column: 4,
      text: "cosine(q1);",
      message: "there is no function 'cosine'",
    },
    {
      block: "wave 1 per_point",
      line: 1,
      column: 10,
      text: ";",
      message: "expected a value, found ';'",
    },
  ]);
  assert.deepEqual(preset.degradedReasons, [
    "per_frame is left out: line 2, column 4 at 'cosine(q1);': there is no function 'cosine'",
    "wave 1 per_point is left out: line 1, column 10 at ';': expected a value, found ';'",
  ]);
  const { butterchurn } = preset;
  assert.deepEqual([butterchurn.init_eqs_eel, butterchurn.frame_eqs_eel], ["q1=1;", ""]);
  assert.equal(butterchurn.waves[1]?.frame_eqs_eel, "r=0.5;");
  assert.equal(butterchurn.waves[1]?.point_eqs_eel, "");
});

test("what is wrong with equations that never run does not matter", () => {
  const preset = convert("shape_0_per_frame1=x=(;", "wavecode_1_enabled=0", "wave_1_init1=%");
  assert.deepEqual([preset.equations, preset.degraded], [[], false]);
});

test("text that is no preset makes an empty one, and that is told", () => {
  for (const text of [
    "",
    "\0\0\0",
    "\u00ff\u00fe garbage [",
    "[preset00]\n",
    "\u0089PNG=\n\u00001",
  ]) {
    const preset = convertPreset(text);
    assert.equal(preset.butterchurn.frame_eqs_eel, "");
    assert.match(preset.degradedReasons.join(), /holds no preset/);
  }
  assert.equal(convertPreset("zoom=2\rrot=1").degraded, false);
  assert.equal(convertPreset("per_frame_1=zoom=2").degraded, false);
});

test("a shader is converted", () => {
  const preset = convert(
    "warp_1=`float3 tint = float3(1, 0.5, 0.25);",
    "warp_2=`shader_body",
    "warp_3=`{",
    "warp_4=`  ret = lerp(GetPixel(uv), tint, 0.001) * rad;",
    "warp_5=`}",
  );
  assert.deepEqual(preset.shaders.warp, { state: "ok", stage: null, message: null });
  assert.equal(
    preset.butterchurn.warp,
    `vec4 hl_tex2D(sampler2D s, vec2 a) { return texture(s, a); }
float hl_rad;
vec3 hv_tint;
vec3 hl_entry(vec2 hv_uv) {
vec3 hv_ret = vec3(0.0);
(hv_ret = (mix(hl_tex2D(sampler_main, hv_uv).xyz, hv_tint, vec3(0.001)) * hl_rad));
return hv_ret;
}
shader_body {
hl_rad = rad;
hv_tint = vec3(1, 0.5, 0.25);
ret = hl_entry(uv);
}`,
  );
});

const FAILURES: readonly [string, string, string, RegExp][] = [
  [
    "an expression nested too deeply",
    `shader_body { ret = ${"- ".repeat(9000)} 1; }`,
    "parse",
    /line 1: this is nested too deeply/,
  ],
  [
    "a name nobody declares",
    "shader_body {\ncomp_2=`ret = nobody; }",
    "parse",
    /^line 2: .*'nobody'/,
  ],
  ["an unbalanced bracket", "shader_body { ret = f((1; }", "parse", /line 1: expected '\)'/],
  ["no body", "float a;", "preprocess", /no shader_body/],
  ["a body without braces", "shader_body ret = 1;", "preprocess", /no braces/],
];

for (const [name, source, stage, message] of FAILURES) {
  test(`a shader with ${name} fails by name and leaves the rest`, () => {
    const preset = convert("per_frame_1=q1=1;", `comp_1=\`${source}`);
    assert.equal(preset.shaders.comp.state, "failed");
    assert.equal(preset.shaders.comp.stage, stage);
    assert.match(preset.shaders.comp.message ?? "", message);
    assert.equal(preset.butterchurn.comp, "");
    assert.equal(preset.butterchurn.frame_eqs_eel, "q1=1;");
    assert.equal(preset.degraded, true);
    assert.match(preset.degradedReasons.join(), new RegExp(`^comp shader: ${stage}: `));
  });
}

test("textures that nobody ships are named, as are sizes that had to be guessed", () => {
  const preset = convert(
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

test("blur textures are named only where they are used, because Butterchurn counts them", () => {
  const preset = convert("comp_1=`shader_body { ret = GetBlur2(uv); }");
  assert.match(preset.butterchurn.comp, /sampler_blur2/);
  assert.doesNotMatch(preset.butterchurn.comp, /sampler_blur[13]/);
});

test("real presets convert, and twice the same", () => {
  const folder = join(LIBRARY, "presets_milkdrop_200");
  const names = readdirSync(folder).filter((name) => name.endsWith(".milk"));
  let shaders = 0;
  for (const name of names.slice(0, 120)) {
    const text = readFileSync(join(folder, name), "latin1");
    const preset = convertPreset(text);
    for (const [kind, { state, message }] of Object.entries(preset.shaders)) {
      assert.notEqual(state, "failed", `${name}: ${kind}: ${message}`);
      if (state === "ok") shaders += 1;
    }
    assert.deepEqual(convertPreset(text), preset, name);
  }
  assert.ok(shaders > 100, `only ${shaders} shaders among the first ${names.length} presets`);
});
