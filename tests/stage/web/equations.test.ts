import assert from "node:assert/strict";
import { test } from "node:test";
import { STEPS_A_FRAME } from "../../../aivj/stage/web/src/equations/cost.ts";
import { functionsOf, pool, run } from "./equations_run.ts";

// Worked out by hand from the language, not taken from a run.
const VALUES: readonly [code: string, x: number][] = [
  // Operators, and how tightly they bind.
  ["x = 2 + 3*4 - 6/4", 12.5],
  ["x = 2*7 % 4", 6],
  ["x = 2^3 % 5", 3],
  ["x = 2^2^3", 64],
  ["x = -3^2", 9],
  ["x = 1 + 6 & 5", 5],
  ["x = 8 | 6 & 3", 10],
  ["x = 2 & 3 == 2", 1],
  ["x = 2 & (3 == 2)", 0],
  ["x = 2 < 3 && 4 > 5 || 1", 1],
  ["x = 1 || 0 && 0", 0],
  ["x = !3 + !0", 1],
  ["x = - - 4", 4],
  ["x = 2; x += 3; x -= 1; x *= 6; x /= 4", 6],
  ["x = 3; x ^= 2; x %= 5", 4],
  ["x = 12; x |= 3; x &= 6", 6],
  ["x = 0 ? 4 : 2 ? 5 : 6", 5],
  ["x = 3 > 2 ? 7", 7],
  ["x = 2 + a = 5", 7],
  // Division, remainders and bits of what is no number, negative or huge.
  ["x = 5/0 + 0/0", 0],
  ["x = -9 % 4", 1],
  ["x = 9 % -4", 1],
  ["x = 9.9 % 4.9", 1],
  ["x = 9 % 0.5", 0],
  ["x = 1e30 % 7 + log(-2) % 3 + 5 % log(-2)", 0],
  ["x = (0.25*1000000000012) % 1000", 3],
  ["x = (log(-2) | 5) + (log(-2) & 5)", 5],
  ["x = 1e300 & 7", 7],
  ["x = -1 & 12", 12],
  ["x = (-1e300 | 0) < -9e18", 1],
  ["x = 1 == 1.000001", 1],
  ["x = 1 != 1.0001", 1],
  ["x = if(0.000001, 1, 2)", 2],
  // Numbers and constants.
  ["x = .5 + 5. + 1e3 + 2.5E-1", 1005.75],
  ["x = $PI - $pi + $E*0 + $phi*0", 0],
  ["x = $xFF + $X'1f' + $'A' + $~5", 255 + 31 + 65 + 31],
  ["x = .", 0],
  // Functions.
  ["x = invsqrt(16) + invsqrt(0) + invsqrt(-4)", 0.75],
  ["x = sqrt(-9) + sqr(-2) + abs(-1)", 8],
  ["x = sign(-3)*10 + sign(0) + sign(0.2)", -9],
  ["x = int(2.7) + int(-2.2) + floor(1.5) + ceil(1.2)", 2],
  ["x = min(2, 3) + max(2, 3)*10", 32],
  ["x = above(2, 1) + below(2, 1)*10 + equal(2, 2)*100 + bnot(0)*1000", 1101],
  ["x = band(2, 0) + bor(2, 0)*10", 10],
  ["x = sigmoid(0, 3) + pow(2, 5) + exp(0) + log10(100)", 35.5],
  ["x = _aboeq(2, 2) + _beleq(3, 2) + _noteq(1, 2)*10 + _equal(1, 1)*100", 111],
  ["x = _add(1, _sub(9, _mul(2, _div(6, 4)))) + _mod(7, 4) + _neg(1)", 9],
  ["x = _if(_and(1, 2), 3, 4) + _or(0, 0) + _not(0) + _below(1, 2) + _above(1, 2)", 5],
  ["_set(x, 2); _addop(x, 3); _mulop(x, 4); _subop(x, 2); _divop(x, 3); _powop(x, 2)", 36],
  ["x = 13; _modop(x, 8); _orop(x, 2); _andop(x, 6)", 6],
  ["x = exec2(a = 2, a + 1) + exec3(a = 5, b = 6, a*b)", 33],
  ["x = freembuf(7)", 7],
  // What is passed over is not done.
  ["0 && (x = 5); 1 || (x = 6); if(1, 0, x = 7)", 0],
  ["band(0, x = 5)", 5],
  // Places to put things in.
  ["assign(x, 3)", 3],
  ["if(0, a, x) = 4", 4],
  ["(1 ? x : a) += 4", 4],
  ["exec2(a = 1, x) = 8", 8],
  ["(x = 2) *= 5", 10],
  ["x = a = b = 6", 6],
  ["5 = 6; x = 5", 5],
  ["x = a + (a = 3)", 6],
  ["a = 1; a += (a = 3); x = a", 6],
  ["i = 2; megabuf(i) = (i = 5); x = megabuf(2)*10 + megabuf(5)", 50],
  // Memory.
  ["10[] = 4; 10[5] = 6; x = megabuf(10)*10 + _mem(15)", 46],
  ["gmem[3] = 2; gmem[] = 5; x = gmegabuf(3)*10 + _gmem(0)", 25],
  ["megabuf(8388607) = 3; megabuf(8388608) = 4; x = megabuf(8388607)*10 + megabuf(8388608)", 30],
  ["megabuf(-3) = 3; megabuf(log(-2)) = 4; x = megabuf(-3) + megabuf(0)*10", 40],
  ["megabuf(1e300) += 7; x = megabuf(1e300)", 0],
  ["x = (megabuf(-3) += 7)", 7],
  ["megabuf(2.99999) = 5; x = megabuf(3)", 5],
  ["memset(65530, 3, 20); x = megabuf(65529) + megabuf(65530)*10 + 65549[]*100 + 65550[]", 330],
  ["memset(-5, 2, 7); x = 0[] + 1[]*10 + 2[]*100", 22],
  ["memset(8388600, 2, 1e9); x = 8388607[]", 2],
  ["0[]=1; 1[]=2; 2[]=3; memcpy(1, 0, 3); x = 1[]*100 + 2[]*10 + 3[]", 123],
  ["0[]=1; 1[]=2; 2[]=3; memcpy(0, 1, 2); x = 0[]*100 + 1[]*10 + 2[]", 233],
  ["0[]=1; 1[]=2; memcpy(-1, 0, 2); x = 0[]", 2],
  ["x = memset(4, 1, 0) + memcpy(5, 1, -9)", 9],
  // Loops.
  ["x = 4; loop(0, x = 1); loop(-3, x = 2); loop(log(-2), x = 3)", 4],
  ["loop(3.9, x += 1)", 3],
  ["x = loop(4, a += 2)", 8],
  ["while(x += 1; x < 6)", 6],
  ["x = while((a += 1) < 3)", 0],
  ["loop(1e12, x += 1)", 1_048_576],
  ["while(x += 1)", 1_048_576],
  // Text.
  [";; x = 4;; ; () ;", 4],
  ["x = (1; ; 2;)", 2],
  ["X = 4; x = X + 1", 5],
  ["x = 4 // and 5;\n + 1 \\\\ and 6", 5],
  ["x = 4 /* and\n 5 */ + 1", 5],
  ["x = 4 /* no end", 4],
  ["meg\nabuf(1) = 5;\r\nx = mega\rbuf(1)", 5],
  ["x = 7;\r", 7],
  ["a.b = 3; _c = 4; x = a.b + _c", 7],
  ["reg07 = 3; x = REG07", 3],
];

for (const [code, x] of VALUES) {
  test(`${JSON.stringify(code)} gives ${x}`, () => {
    assert.ok(Math.abs(run(code) - x) < 1e-9, `it gives ${run(code)}`);
  });
}

test("lines that make no sense together are read one after the other", () => {
  assert.equal(run("x = 4\n;a\n= 5"), 4);
  assert.equal(run("x = 2 +\n3; x = x\n* 2"), 10);
});

test("variables keep their values from frame to frame", () => {
  assert.equal(run("n = n + 1; if(n > 2, m = n, k = 9); x = n*100 + m*10 + k", 3), 339);
});

test("random numbers come from Math.random, up to the whole number below and at least 1", () => {
  const { random } = Math;
  Math.random = () => 0.75;
  try {
    assert.deepEqual(
      ["rand(8)", "rand(3.9)", "rand(0.5)", "rand(-4)"].map((call) => run(`x = ${call}`)),
      [6, 2.25, 0.75, 0.75],
    );
    assert.deepEqual(
      ["rand(7)", "rand(0.5)"].map((call) => run(`x = ${call}`, 1, 1)),
      [5, 0],
    );
  } finally {
    Math.random = random;
  }
});

/** What `x` is after each of some frames, and whether anything was left out. */
function frames(code: string, count: number): [xs: number[], isCutOff: boolean] {
  const variables = pool("x");
  const call = functionsOf({ perFrame: variables }, { perFrame: { pool: "perFrame", code } });
  const xs = Array.from({ length: count }, () => {
    call("perFrame");
    return variables.x?.value as number;
  });
  return [xs, call("wasCutOff") === 1];
}

test("the steps of a frame are counted, and what is left out is told", () => {
  const [[first = 0, second], isCutOff] = frames(
    "n = 0; loop(1e9, loop(1e9, n += 1)); x = n; loop(3, x += 0.25)",
    2,
  );
  assert.ok(isCutOff && first % 1 === 0 && first > 100_000 && first < STEPS_A_FRAME, `${first}`);
  assert.equal(second, first);
});

test("a long body in a loop goes round less often than a short one", () => {
  const body = "a = sin(a) + 1;".repeat(1000);
  const [[rounds = 0], isCutOff] = frames(`x = 0; loop(1e6, ${body} x += 1)`, 1);
  assert.ok(isCutOff && rounds > 10 && rounds < STEPS_A_FRAME / 14_000, `${rounds}`);
  const [[whiles = 0]] = frames(`x = 0; while(${body} x += 1)`, 1);
  assert.ok(Math.abs(whiles - rounds) < 10, `${whiles}`);
});

test("what MilkDrop would not do either is not told", () => {
  assert.deepEqual(frames("x = 0; loop(1e9, x += 1)", 1), [[1_048_576], false]);
  assert.deepEqual(frames("x = 0; while(x += 1)", 1), [[1_048_576], false]);
  assert.deepEqual(frames("x = 0; loop(0/0, x += 1)", 1), [[0], false]);
});

test("numbers that are filled or copied count", () => {
  assert.deepEqual(frames("loop(10, memset(0, 1, 8388608)); x = 1", 1), [[1], true]);
  assert.deepEqual(frames("memset(0, 1, 1000000); memcpy(1, 0, 1000000); x = 1[]", 1), [
    [1],
    false,
  ]);
});

test("code that runs often in a frame is passed over once its steps are used up", () => {
  const frame = pool("x");
  const pixel = pool("zoom");
  const call = functionsOf(
    { perFrame: frame, perVertex: pixel },
    {
      perFrame: { pool: "perFrame", code: "x += 1" },
      perPixel: { pool: "perVertex", code: `zoom += 1; ${"a = pow(a, 2);".repeat(20_000)}` },
    },
  );
  for (let vertex = 0; vertex < 500; vertex++) call("perPixel");
  const { value } = pixel.zoom as WebAssembly.Global<"f64">;
  assert.ok(value > 5 && value < 100, `${value}`);
  assert.equal(call("wasCutOff"), 1);
  call("perFrame");
  call("perPixel");
  assert.equal(frame.x?.value, 1);
  assert.equal(pixel.zoom?.value, value + 1);
});
