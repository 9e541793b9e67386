import assert from "node:assert/strict";
import { test } from "node:test";
import { baseValues } from "../../../aivj/stage/web/src/convert/base_values.ts";
import { leadingNumber, type Milk, readMilk } from "../../../aivj/stage/web/src/convert/milk.ts";
import { leftOut } from "../../../aivj/stage/web/src/convert/preset.ts";

function read(...lines: string[]): Milk {
  return readMilk(lines.join("\n"));
}

function perFrame(milk: Milk): string | undefined {
  return milk.preset.blocks.get("per_frame");
}

test("lines of code run by their numbers, up to the first that is missing", () => {
  const milk = read("per_frame_3=c", "per_frame_1=a", "per_frame_2=b", "per_frame_5=e");
  assert.equal(perFrame(milk), "a\nb\nc");
  assert.equal(milk.numLinesBehindGaps, 1);
});

test("a block begins with line 1, and a number is spelled as MilkDrop spells it", () => {
  const milk = read("per_frame_0=z", "per_frame_01=x", "per_pixel_2=y");
  assert.deepEqual([...milk.preset.blocks.values()], ["", ""]);
  assert.equal(milk.numLinesBehindGaps, 3);
});

test("of a key given twice the first counts, whatever its case", () => {
  const milk = read("fDecay=0.5", "FDECAY=0.9", "PER_FRAME_1=a", "per_frame_1=b");
  assert.deepEqual([...milk.preset.values], [["fdecay", 0.5]]);
  assert.equal(perFrame(milk), "a");
  assert.equal(milk.numDuplicateKeys, 2);
});

test("a key and its value may be parted by blanks", () => {
  const milk = read("  zoom = 1.5", "rot\t0.25", "per_frame_1 x=1;", "wave_r 0.5 or so");
  assert.deepEqual(
    [...milk.preset.values],
    [
      ["zoom", 1.5],
      ["rot", 0.25],
    ],
  );
  assert.equal(perFrame(milk), "x=1;");
  assert.equal(milk.numJunkLines, 1);
});

for (const [name, end] of Object.entries({ LF: "\n", CRLF: "\r\n", CR: "\r", CRCRLF: "\r\r\n" })) {
  test(`lines may end with ${name}`, () => {
    const milk = readMilk(["[preset00]", "zoom=2", "per_frame_1=a", "per_frame_2=b", ""].join(end));
    assert.deepEqual([...milk.preset.values], [["zoom", 2]]);
    assert.equal(perFrame(milk), "a\nb");
    assert.equal(milk.numJunkLines, 0);
  });
}

for (const encoding of ["utf8", "utf16le", "utf16be"] as const) {
  test(`${encoding} with a byte order mark is read`, () => {
    const bytes = Buffer.from(
      "\ufeffzoom=2\r\nper_frame_1=a;//\u010a\u4e16",
      encoding.replace("be", "le") as "utf16le",
    );
    if (encoding === "utf16be") bytes.swap16();
    const milk = readMilk(bytes.toString("latin1"));
    assert.deepEqual([...milk.preset.values], [["zoom", 2]]);
    assert.match(perFrame(milk) ?? "", /^a;\/\//);
    assert.equal(milk.numJunkLines, 0);
  });
}

test("NULs are dropped", () => {
  assert.deepEqual([...read("zo\0om=2\0").preset.values], [["zoom", 2]]);
});

test("what stands before the first header is read, and what stands behind a second is not", () => {
  const milk = read("MILKDROP_PRESET_VERSION=201", "[Preset01]", "zoom=2", "[preset00]", "rot=3");
  assert.deepEqual([...milk.preset.values.keys()], ["milkdrop_preset_version", "zoom"]);
});

test("shaders and equations lose one backtick a line", () => {
  const milk = read("comp_1=`shader_body", "comp_2=`  `{}", "per_frame_1=`x=1;", "wave_1_init1=`y");
  assert.equal(milk.comp, "shader_body\n  `{}");
  assert.equal(perFrame(milk), "x=1;");
  assert.equal(milk.waves[0]?.blocks.get("init"), "y");
});

test("custom waves and shapes have values and blocks, whatever their number", () => {
  const milk = read(
    "wavecode_11_bSpectrum=1",
    "wave_2_per_point1=x=0;",
    "shape_15_init1=t1=1;",
    "shapecode_15_sides=7",
    "shape_15_per_point1=nothing",
    "wavecode_02_r=1",
  );
  assert.deepEqual(
    milk.waves.map(({ index, values, blocks }) => [index, [...values], [...blocks]]),
    [
      [2, [], [["per_point", "x=0;"]]],
      [11, [["bspectrum", 1]], []],
    ],
  );
  assert.deepEqual(
    milk.shapes.map(({ index, values, blocks }) => [index, [...values], [...blocks]]),
    [[15, [["sides", 7]], [["init", "t1=1;"]]]],
  );
  assert.equal(milk.raw.get("shape_15_per_point1"), "nothing");
});

test("text that is no number is no value", () => {
  const numbers = ["1.5abc", "-.5", "+3e2x", "1e", "abc", "", ".", "inf", "0x10", "1e999"];
  assert.deepEqual(numbers.map(leadingNumber), [
    ...[1.5, -0.5, 300, 1],
    ...[undefined, undefined, undefined, undefined, 0, undefined],
  ]);
});

test("values have the names that Butterchurn gives them", () => {
  const { preset, waves } = read("fGammaAdj=1.9", "fWaveParam=0.2", "wavecode_0_bDrawThick=1");
  assert.deepEqual(baseValues(preset), { gammaadj: 1.9, wave_mystery: 0.2, mv_a: 0 });
  assert.deepEqual(waves.map(baseValues), [{ thick: 1 }]);
});

for (const [lines, alpha] of [
  [[], 0],
  [["bMotionVectorsOn=1"], 1],
  [["bMotionVectorsOn=0", "mv_a=0.5"], 0.5],
] as [string[], number][]) {
  test(`motion vectors of '${lines}' have an alpha of ${alpha}`, () => {
    assert.deepEqual(baseValues(read(...lines).preset), { mv_a: alpha });
  });
}

test("what is beyond MilkDrop 3 and not drawn is said", () => {
  const milk = read(
    "wavecode_16_enabled=1",
    "wavecode_17_enabled=0",
    "shapecode_16_enabled=1",
    "shapecode_40_enabled=1",
  );
  assert.deepEqual(leftOut(milk), [
    "custom waves beyond the first 16 are left out: 1",
    "custom shapes beyond the first 16 are left out: 2",
  ]);
  assert.deepEqual(leftOut(read("shapecode_15_enabled=1", "per_frame_1=q64=1;")), []);
});
