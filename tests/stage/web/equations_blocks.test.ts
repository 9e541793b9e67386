import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readMilk } from "../../../aivj/stage/web/src/convert/milk.ts";
import { EquationError } from "../../../aivj/stage/web/src/equations/errors.ts";
import { compileEquations } from "../../../aivj/stage/web/src/equations/module.ts";
import { functionsOf, pool, run } from "./equations_run.ts";

const LIBRARY = "/usr/share/projectM/presets/presets_bltc201";

const WRONG: readonly [code: string, line: number, column: number, message: RegExp][] = [
  ["x = root(2)", 1, 5, /no function 'root'/],
  ["x = 1;\ny = 3.5px;", 2, 5, /'3.5' runs into 'px'/],
  ["x = 1.2.3", 1, 5, /'1.2' runs into '.3'/],
  ["x = 2;; / (3);", 1, 9, /expected a value, found '\/'/],
  ["x = sin", 1, 5, /'sin' is not called/],
  ["x = sin()", 1, 5, /'sin' takes 1 value, not 0/],
  ["x = pow(2, 3, 4)", 1, 5, /'pow' takes 2 values, not 3/],
  ["x = max(1,)", 1, 11, /expected a value, found '\)'/],
  ["x = (1 + 2", 1, 11, /expected '\)', found the end/],
  ["x = 1)", 1, 6, /expected ';', found '\)'/],
  ["x = 1[2", 1, 8, /expected '\]', found the end/],
  ["x y", 1, 3, /expected ';', found 'y'/],
  ["gr\u00fcn = 1", 1, 3, /'\u00fc' has no meaning/],
  ["x = #1", 1, 5, /'#' has no meaning/],
  ["x = $QI", 1, 5, /'\$' has no meaning/],
  ["x = ()", 1, 6, /expected a value/],
];

for (const [code, line, column, message] of WRONG) {
  test(`${JSON.stringify(code)} does not compile, and the place is told`, () => {
    const told = (error: unknown) => {
      assert.ok(error instanceof EquationError);
      assert.match(error.message, message);
      assert.deepEqual([error.place.line, error.place.column], [line, column]);
      return true;
    };
    assert.throws(() => run(code), told);
  });
}

for (const [what, open, close] of [
  ["brackets", "(", ")"],
  ["calls", "sin(", ")"],
  ["signs", "-", ""],
  ["choices", "1?", ""],
  ["comparisons", "1==", ""],
  ["assignments", "x=", ""],
  ["indices", "", "[]"],
] as const) {
  test(`many ${what} in each other are refused, not crashed over`, () => {
    const nested = (depth: number) => `x = ${open.repeat(depth)}1${close.repeat(depth)}`;
    assert.throws(() => run(nested(10_000)), /nested more than 256 deep/);
    run(nested(200));
  });
}

test("long blocks and thousands of variables compile", () => {
  assert.equal(run(`x = ${"1 + ".repeat(30_000)}1`), 30_001);
  const names = Array.from({ length: 3000 }, (_, index) => `name_${index}`);
  assert.equal(
    run(
      `${names
        .join(" = ")
        .split(" = ")
        .map((name, index) => `${name} = ${index};`)
        .join("\n")} x = name_2999`,
    ),
    2999,
  );
});

test("each kind of code has variables and a megabuf of its own; gmegabuf and reg are shared", () => {
  const wave = pool("t1", "x", "r", "samples");
  const pools = {
    perFrame: pool("q1"),
    perVertex: pool("zoom"),
    wavePerFrame0: wave,
    shapePerFrame0: pool("x"),
  };
  const frame = { pool: "perFrame", code: "own = 2; megabuf(0) = 3; gmegabuf(0) = 4; reg01 = 5;" };
  const seen = "own*1000 + megabuf(0)*100 + gmegabuf(0)*10 + reg01";
  const call = functionsOf(pools, {
    presetInit: { pool: "perFrame", code: "megabuf(1) = 7;" },
    perFrame: { ...frame, code: `${frame.code} q1 = megabuf(1);` },
    perPixel: { pool: "perVertex", code: `zoom = ${seen}` },
    waves_0_init_eqs: { pool: "wavePerFrame0", code: "own = 6; x = 8;" },
    waves_0_frame_eqs: { pool: "wavePerFrame0", code: "t1 = own*10 + x; samples = 99; r = 1;" },
    waves_0_point_eqs: { pool: "wavePerFrame0", code: `r = r + ${seen}; x = samples + 0.5;` },
    shapes_0_frame_eqs: { pool: "shapePerFrame0", code: `x = ${seen}` },
  });
  for (const name of ["presetInit", "perFrame", "perPixel", "waves_0_init_eqs"]) call(name);
  for (const name of ["waves_0_frame_eqs", "waves_0_point_eqs", "shapes_0_frame_eqs"]) call(name);
  assert.equal(pools.perFrame.q1?.value, 7);
  assert.equal(pools.perVertex.zoom?.value, 45);
  assert.equal(pools.shapePerFrame0.x?.value, 45);
  // Per frame its own x, which no point changes; per point what the frame hands on, and no more.
  assert.equal(wave.t1?.value, 68);
  assert.equal(wave.r?.value, 46);
  assert.equal(wave.x?.value, 0.5);
  call("waves_0_frame_eqs");
  assert.equal(wave.t1?.value, 68);
});

test("q33 to q64 go from frame to waves and shapes and begin anew, as q1 to q32 do", () => {
  const pools = { perFrame: pool("q1"), wavePerFrame0: pool("r"), shapePerFrame5: pool("x") };
  const call = functionsOf(pools, {
    presetInit: { pool: "perFrame", code: "q40 = 3;" },
    perFrame: { pool: "perFrame", code: "q1 = q40; q40 = q40 + 2;" },
    waves_0_frame_eqs: { pool: "wavePerFrame0", code: "r = q40; q40 = 100;" },
    shapes_5_frame_eqs: { pool: "shapePerFrame5", code: "x = q40;" },
  });
  call("presetInit");
  for (let frame = 0; frame < 3; frame++) {
    for (const name of ["perFrame", "waves_0_frame_eqs", "shapes_5_frame_eqs"]) call(name);
    assert.equal(pools.perFrame.q1?.value, 3);
    assert.deepEqual([pools.wavePerFrame0.r?.value, pools.shapePerFrame5.x?.value], [5, 5]);
  }
});

test("what an instance of a shape begins with is kept and brought back", () => {
  const shape = pool("x", "rad", "sides");
  const functions = { shapes_9_frame_eqs: { pool: "shapePerFrame9", code: "x += 1; sides += 1;" } };
  const call = functionsOf({ shapePerFrame9: shape }, functions);
  (shape.x as WebAssembly.Global<"f64">).value = 4;
  call("shape9_save");
  for (let instance = 0; instance < 3; instance++) {
    call("shape9_restore");
    call("shapes_9_frame_eqs");
  }
  assert.deepEqual([shape.x?.value, shape.sides?.value], [5, 3]);
});

test("names of the language of the page mean nothing", () => {
  assert.equal(
    run("constructor = 2; toString = 3; __proto__ = 4; x = constructor*tostring*__proto__"),
    24,
  );
});

/** Numbers below `below`, the same ones each time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Compiles and runs a block; whatever it is, it ends or is refused as a block. */
function tryBlock(code: string): boolean {
  try {
    const bytes = compileEquations({ pools: {}, functions: { perFrame: { pool: "", code } } });
    assert.ok(WebAssembly.validate(bytes), code);
    functionsOf({}, { perFrame: { pool: "", code } })("perFrame");
    return true;
  } catch (error) {
    assert.ok(error instanceof EquationError, `${error}: ${JSON.stringify(code)}`);
    return false;
  }
}

test("soup of the language's words is compiled or refused, and never traps or hangs", () => {
  const words = [
    ..."+ - * / % ^ & | && || ! == < >= = += ^= ? : ; ; ; , ( ( ) ) [ ] [] ()".split(" "),
    ..."x y gmem reg01 1 .5 1e300 -1 $pi 0 loop( while( if( sin( rand( megabuf( memset(".split(" "),
    ..."memcpy( assign( exec3( _mod( log( 7) ,2) \n // \\\\ /* */ 3x".split(" "),
  ];
  const roll = dice(7);
  let compiled = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const code = Array.from({ length: 1 + roll(12) }, () => words[roll(words.length)]).join(" ");
    if (tryBlock(code)) compiled += 1;
  }
  assert.ok(compiled > 100, `only ${compiled} compiled`);
});

test("real equations compile, and spoilt ones are compiled or refused", () => {
  const roll = dice(11);
  const names = readdirSync(LIBRARY).filter((name) => name.endsWith(".milk"));
  for (const name of names.slice(0, 60)) {
    const { preset } = readMilk(readFileSync(join(LIBRARY, name), "latin1"));
    for (const code of preset.blocks.values()) {
      assert.ok(tryBlock(code), name);
      const at = roll(code.length + 1);
      const with_ = ["", "(", ")", "^=", ";", "1e", "é", "\r", "["][roll(9)];
      tryBlock(code.slice(0, at) + with_ + code.slice(at + roll(3)));
    }
  }
});
