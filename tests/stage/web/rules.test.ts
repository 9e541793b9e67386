import assert from "node:assert/strict";
import { test } from "node:test";
import {
  indexMatrixCells,
  indexWithIntegers,
} from "../../../aivj/stage/web/src/convert/rules/access.ts";
import { callOwnIntrinsics } from "../../../aivj/stage/web/src/convert/rules/calls.ts";
import {
  castsToConstructors,
  guardLeadingConstructors,
} from "../../../aivj/stage/web/src/convert/rules/casts.ts";
import { callSelect } from "../../../aivj/stage/web/src/convert/rules/conditionals.ts";
import { unifyLoops } from "../../../aivj/stage/web/src/convert/rules/loops.ts";
import {
  copyWrittenUniforms,
  renameStageGlobals,
  renameTakenNames,
} from "../../../aivj/stage/web/src/convert/rules/names.ts";
import {
  constantLiteral,
  normalizeNumbers,
  parenthesizeSwizzledNumbers,
} from "../../../aivj/stage/web/src/convert/rules/numbers.ts";
import {
  callModulo,
  lastOfCommas,
  numberComparisons,
} from "../../../aivj/stage/web/src/convert/rules/operators.ts";
import {
  dropSamplerDeclarations,
  resolveSamplerModes,
} from "../../../aivj/stage/web/src/convert/rules/samplers.ts";
import {
  completeReturns,
  constructInitializers,
  openBareBlocks,
  splitCommaStatements,
  splitGlobalDeclarations,
} from "../../../aivj/stage/web/src/convert/rules/statements.ts";
import {
  dropAttributes,
  dropQualifiers,
  inlineArraySizes,
  unifyTypes,
} from "../../../aivj/stage/web/src/convert/rules/types.ts";
import { ShaderError } from "../../../aivj/stage/web/src/convert/types.ts";
import { testRule, tokens } from "./code.ts";

testRule(dropAttributes, [
  ["[unroll] for (;;) a[loop2] = 1;", "for (;;) a[loop2] = 1;"],
  ["[unroll(4)] for (;;) ;", "for (;;) ;"],
]);

testRule(inlineArraySizes, [
  ["const int N = 3; float a[N]; a[i] = N;", "const int N = 3; float a[3]; a[i] = N;"],
  ["int N = 3; a[N]", "int N = 3; a[N]"],
]);

testRule(dropQualifiers, [["static const float a = 1;", "float a = 1;"]]);

testRule(unifyTypes, [
  ["half4 a; double3 b; float1 c; int1 d;", "float4 a; float3 b; float c; int d;"],
  ["sampler a; sampler2D b;", "sampler2D a; sampler2D b;"],
  ["float4x3 a; half2x3 b; float2x2 c;", "float4x4 a; float3x3 b; float2x2 c;"],
  ["half2x2(1,0,0,1)", "float2x2(1,0,0,1)"],
  ["v.half", "v.half"],
]);

test("unifyTypes rejects constructors of matrices that are not square", () => {
  assert.throws(() => unifyTypes(tokens("m = float2x3(a, b);")), ShaderError);
});

testRule(normalizeNumbers, [
  ["1.0f 2f 3h 4L 0.5F", "1.000000 2.000000 3.000000 4 0.500000"],
  ["0x1F 7u", "31 7"],
  ["1e2 1.5e1 2.f", "100.000000 15.000000 2.000000"],
  ["0.25 0.000123 0.0001234 1e-7", "0.250000 0.000123 hl_k1p234em4 hl_k1em7"],
  ["6.28318530718 0.159154943091895", "hl_k6p28318530718e0 hl_k1p59154943091895em1"],
  ["1e12", "hl_k1e12"],
]);

test("constantLiteral gives back the number that a constant stands for", () => {
  assert.equal(constantLiteral("hl_k1p23em4"), "1.23e-4");
  assert.equal(constantLiteral("hl_k1em5"), "1.0e-5");
  assert.equal(constantLiteral("hl_k1e12"), "1.0e12");
});

testRule(parenthesizeSwizzledNumbers, [
  ["0.5.xxx + 1.xxx", "(0.5).xxx + (1.0).xxx"],
  ["a.x + 0.5", "a.x + 0.5"],
]);

testRule(dropSamplerDeclarations, [
  ["sampler2D sampler_pic; float4 texsize_pic; float4 a;", "float4 a;"],
  ["sampler2D sampler_a, sampler_b; tex2D(sampler_a, uv)", "tex2D(sampler_a, uv)"],
  ["sampler2D s = sampler_state { Texture = <t>; }; x", "x"],
  ["sampler2D main; tex2D(main, uv.main)", "tex2D(sampler_main, uv.main)"],
  ["float4 get(sampler2D s, float2 p) {", "float4 get(sampler2D s, float2 p) {"],
]);

testRule(resolveSamplerModes, [
  ["sampler_fw_noise_hq sampler_pc_noisevol_lq", "sampler_noise_hq sampler_noisevol_lq"],
  ["sampler_fc_main sampler_pw_noise_lq", "sampler_fc_main sampler_pw_noise_lq"],
  ["sampler_fw_clouds texsize_pw_clouds texsize_main", "sampler_clouds texsize_clouds texsize"],
]);

testRule(renameTakenNames, [
  ["float sample = mix + a.texture;", "float hv_sample = hv_mix + a.texture;"],
  ["float a__b = gl_c;", "float hv_a_u_b = hv_gl_c;"],
  ["float length = length(v);", "float hv_length = length(v);"],
  ["float3 lum; float darken;", "float3 hv_lum; float hv_darken;"],
  ["float lerp(float a) { return a; } lerp(1)", "float hv_lerp(float a) { return a; } hv_lerp(1)"],
  ["float pass; float inf;", "float hv_pass; float hv_inf;"],
]);

testRule(renameStageGlobals, [
  ["rad + ang + uv_orig.x + hue_shader", "hl_rad + hl_ang + hl_uvo.x + hl_hue"],
  ["v.rad + progress", "v.rad + hl_progress"],
]);

testRule(copyWrittenUniforms, [
  ["q27 = q27 * q1;", "hw_q27 = hw_q27 * q1;"],
  ["rand_preset.x += 1;", "hw_rand_preset.x += 1;"],
  ["q1++; --q2; q3 == 1", "hw_q1++; --hw_q2; q3 == 1"],
  ["float f(float time) { return time; } fps", "float f(float hw_time) { return hw_time; } fps"],
]);

testRule(splitGlobalDeclarations, [
  ["float3 a = f(1, 2), b;", "float3 a = f(1, 2); float3 b;"],
  ["float f(float a, float b) { float c, d; }", "float f(float a, float b) { float c, d; }"],
]);

testRule(constructInitializers, [
  ["float3 v = {a, b, 1};", "float3 v = float3(a, b, 1);"],
  ["float2x2 m = {{1, 2}, {3, 4}};", "float2x2 m = float2x2(1, 2, 3, 4);"],
  ["float a[2] = {1, b};", "float a[2] = {float(1), float(b)};"],
  ["float a[] = {1, b};", "float a[2] = {float(1), float(b)};"],
  ["float2 a[2] = {{1, 2}, v,};", "float2 a[2] = {float2(1, 2), float2(v)};"],
  ["float2 a = 1, b = {2, 3};", "float2 a = 1, b = float2(2, 3);"],
  ["f(a) { g(); }", "f(a) { g(); }"],
]);

testRule(unifyLoops, [
  ["while (a < 1) a += 1;", "for (int hl_w = 0; a < 1; hl_w++) a += 1;"],
  ["for (float i = 0; i < 3; i++) { f(); }", "for (float i = 0; i < 3; i++) { f(); }"],
  ["for (i = 0; i < 3; i++) f();", "if (true) { i = 0; for (int hl_w = 0; i < 3; i++) f(); }"],
  ["for (int i = 0; a; i++, j--) ;", "for (int i = 0; a; hl_both(i++, j--)) ;"],
  ["for (int i = 0; a; b++, c++, d++) ;", "for (int i = 0; a; hl_both(hl_both(b++, c++), d++)) ;"],
  ["for (;;) { break; }", "for (int hl_w = 0; true; hl_w++) { break; }"],
  ["for (int i = 0; i < 3;) i++;", "for (int i = 0; i < 3; 0) i++;"],
  [
    "do { a++; } while (a < 3); b;",
    "for (bool hl_first = true; hl_first || (a < 3); hl_first = false) { a++; } b;",
  ],
  [
    "do if (a) b++; else c++; while (d);",
    "for (bool hl_first = true; hl_first || (d); hl_first = false) if (a) b++; else c++;",
  ],
  ["while (a) while (b) c++;", "for (int hl_w = 0; a; hl_w++) for (int hl_w = 0; b; hl_w++) c++;"],
]);

testRule(splitCommaStatements, [
  ["f() { a = 1, b = g(2, 3); }", "f() { if (true) { a = 1; b = g(2, 3); } }"],
  ["f() { if (x) a = 1, b = 2; c; }", "f() { if (x) if (true) { a = 1; b = 2; } c; }"],
  ["f() { float a = 1, b = 2; }", "f() { float a = 1, b = 2; }"],
]);

testRule(openBareBlocks, [
  ["f() { { a; } { b; } }", "f() { if (true) { a; } if (true) { b; } }"],
  ["f() { if (a) { b; } else { c; } }", "f() { if (a) { b; } else { c; } }"],
]);

testRule(completeReturns, [
  [
    "void f() { return; } float4 hl_entry() { return; }",
    "void f() { return;; } float4 hl_entry() { return float4(ret, 1.0); }",
  ],
]);

testRule(lastOfCommas, [
  ["a = (q3, q4);", "a = (q4);"],
  ["a = f(b, (c, d, e));", "a = f(b, (e));"],
  ["a = (f(b, c));", "a = (f(b, c));"],
]);

testRule(castsToConstructors, [
  ["(float2)v.xyz * 2", "float2(v.xyz) * 2"],
  ["(float3)f(a)[1] + (float)-b", "float3(f(a)[1]) + float(-b)"],
  ["(int)(float)a", "int(float(a))"],
  ["f(float) + (float2(1, 2))", "f(float) + (float2(1, 2))"],
]);

testRule(callModulo, [
  ["a = b + c % d;", "a = b + hl_fmod(c, d);"],
  ["a * b.x % f(c) * d", "hl_fmod(a * b.x, f(c)) * d"],
  ["a % b % c", "hl_fmod(hl_fmod(a, b), c)"],
  ["v[1] % -2", "hl_fmod(v[1], -2)"],
  ["a.x %= b + 1;", "a.x = hl_fmod(a.x, b + 1);"],
]);

testRule(numberComparisons, [
  ["a * -(b > c)", "a * -hl_num(b > c)"],
  ["1 - (a > b) + c", "1 - hl_num(a > b) + c"],
  ["(a > b && c) * (d < e)", "hl_num(a > b && c) * hl_num(d < e)"],
  ["-(b + c) * (f(d > e))", "-(b + c) * (f(d > e))"],
  ["if ((a > b) && f(c > d) * 2)", "if ((a > b) && f(c > d) * 2)"],
]);

testRule(callSelect, [
  ["x = a ? b : c;", "x = hl_select(a, b, c);"],
  ["x += f(a) > b[1] ? -1 : c + d;", "x += hl_select(f(a) > b[1], -1, c + d);"],
  ["x = a ? b : c ? d : e;", "x = hl_select(a, b, hl_select(c, d, e));"],
  ["x = a ? b ? c : d : e;", "x = hl_select(a, hl_select(b, c, d), e);"],
  ["f(a, b ? 1 : 0.5, c)", "f(a, hl_select(b, 1, 0.5), c)"],
  ["a ? f(b ? 2 : 3) : (c ? d : e)", "hl_select(a, f(hl_select(b, 2, 3)), (hl_select(c, d, e)))"],
  ["x = (a ? b : c) ? d : e;", "x = hl_select((hl_select(a, b, c)), d, e);"],
  ["return a ? b : c;", "return hl_select(a, b, c);"],
  ["float4 f(float2 uv : TEXCOORD0) : COLOR0 {", "float4 f(float2 uv : TEXCOORD0) : COLOR0 {"],
]);

testRule(indexMatrixCells, [
  ["m._m01 + m._12 + m._m22", "m[0][1] + m[0][1] + m[2][2]"],
  ["v._x", "v._x"],
]);

testRule(indexWithIntegers, [
  ["a[i] + b[2] + c[d[i]]", "a[int(i)] + b[2] + c[int(d[int(i)])]"],
  ["float a[n];", "float a[n];"],
]);

testRule(callOwnIntrinsics, [["lerp(a, sin(b), sin)", "hl_lerp(a, hl_sin(b), sin)"]]);

testRule(guardLeadingConstructors, [
  ["a = (float2(b, c) * d);", "a = (+float2(b, c) * d);"],
  ["f(float2(b, c)) + a", "f(float2(b, c)) + a"],
  ["return (float2(b, c) * d);", "return (+float2(b, c) * d);"],
]);
