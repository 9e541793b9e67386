import assert from "node:assert/strict";
import { test } from "node:test";
import {
  joinContinuedLines,
  preprocess,
  stripComments,
} from "../../../aivj/stage/web/src/convert/preprocess.ts";
import { ShaderError } from "../../../aivj/stage/web/src/convert/types.ts";
import { spaced } from "./code.ts";

const CASES: readonly [name: string, source: string, expected: string][] = [
  ["no directives", "a = b;", "a = b;"],
  ["a line comment", "a; // b;\nc;", "a; c;"],
  ["a block comment", "a /* b\n\n c */ d", "a d"],
  ["an unfinished block comment", "a /* b", "a"],
  ["a line comment that looks like a block", "a; //*= b\nc;", "a; c;"],
  ["a block comment that holds a line comment", "a /* // */ b", "a b"],
  ["bytes beyond ASCII", "a\u00e4\u0000b", "a b"],
  ["an object macro", "#define X 1+2\nX*X", "1+2*1+2"],
  ["an empty macro", "#define X\nX a", "a"],
  ["a macro in parentheses is no function", "#define X (a)\nX", "(a)"],
  ["a function macro", "#define F(a,b) (a-b)\nF(1,F(2,3))", "(1-(2-3))"],
  ["a comma in brackets of an argument", "#define F(a) [a]\nF(g(1,2))", "[g(1,2)]"],
  ["a function macro without its call", "#define F(a) a\nF + 1", "F + 1"],
  ["a macro without parameters", "#define F() 7\nF()", "7"],
  ["a macro whose result is the name of another", "#define G F\n#define F(a) a\nG(1)", "1"],
  ["a macro in itself", "#define X X+1\nX", "X+1"],
  ["two macros in each other", "#define A B\n#define B A\nA", "A"],
  ["a continued macro", "#define X 1 + \\\n 2\nX", "1 + 2"],
  ["a comment in a continued macro", "#define X 1 + \\ \n 2 // two\nX", "1 + 2"],
  ["pasted names", "#define T(n) sampler_##n\nT(pic)", "sampler_pic"],
  ["pasted arguments stay unexpanded", "#define n x\n#define T(a) q##a\nT(n)", "qn"],
  ["#undef", "#define X 1\n#undef X\nX", "X"],
  ["a macro defined again", "#define X 1\nX\n#define X 2\nX", "1 2"],
  ["a call over two lines", "#define F(a,b) a b\nF(1,\n2)", "1 2"],
  ["#if", "#if 1\na\n#endif\n#if 0\nb\n#endif", "a"],
  ["#else", "#if 0\na\n#else\nb\n#endif", "b"],
  ["#elif", "#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif", "b"],
  ["#ifdef and #ifndef", "#define X\n#ifdef X\na\n#endif\n#ifndef X\nb\n#endif", "a"],
  ["branches in a branch that is out", "#if 0\n#if 1\na\n#else\nb\n#endif\n#endif\nc", "c"],
  ["#define in a branch that is out", "#if 0\n#define X 1\n#endif\nX", "X"],
  ["a condition", "#define N 3\n#if N*2 >= 6 && !defined(M) && (N % 2 == 1)\na\n#endif", "a"],
  ["defined without parentheses", "#define X\n#if defined X && 1 - 2 < -0\na\n#endif", "a"],
  ["other directives", "#pragma once\n#\na", "a"],
  ["MilkDrop's own macros", "M_PI_2 + tex2d(s, uv)", "6.28318530718 + tex2D(s, uv)"],
  ["GetBlur1", "GetBlur1(uv)", "(tex2D(sampler_blur1,uv).xyz*scale1+bias1)"],
];

for (const [name, source, expected] of CASES) {
  test(`preprocess: ${name}`, () => {
    const tokens = preprocess(source).map((token) => ({ ...token, line: 1 }));
    assert.equal(spaced(tokens), spaced(expected));
  });
}

test("preprocess keeps line numbers through comments and continued lines", () => {
  const [token] = preprocess("/* 1\n2 */\n#define X 1 + \\\n 2\n\nlast");
  assert.deepEqual(token, { kind: "word", text: "last", line: 6 });
});

test("comments and continued lines keep the number of lines", () => {
  const source = "a /* \n */ b \\\n c // \\\n d";
  assert.equal(stripComments(source).split("\n").length, 4);
  assert.equal(joinContinuedLines(source).split("\n").length, 4);
});

function nested(depth: number): string {
  const lines = Array.from({ length: depth }, (_, n) => `#define M${n} M${n + 1}`);
  return [...lines, "M0"].join("\n");
}

const FAILURES: readonly [name: string, source: string, message: RegExp][] = [
  ["an unfinished call", "#define F(a) a\nF(1", /line 2: the arguments of a macro do not end/],
  ["too many arguments", "#define F(a) a\nF(1,2)", /line 2: macro F takes 1 arguments, not 2/],
  ["unfinished parameters", "#define F(a\n", /parameters of macro F do not end/],
  ["macros nested too deeply", nested(50), /nested too deeply/],
  [
    "macros that double again and again",
    [...Array.from({ length: 30 }, (_, n) => `#define M${n} M${n + 1} M${n + 1}`), "M0"].join("\n"),
    /too long/,
  ],
];

for (const [name, source, message] of FAILURES) {
  test(`preprocess fails on ${name}`, () => {
    assert.throws(
      () => preprocess(source),
      (error) =>
        error instanceof ShaderError && error.stage === "preprocess" && message.test(error.message),
    );
  });
}

test("preprocess takes macros that are nested, but not too deeply", () => {
  assert.equal(spaced(preprocess(nested(30)).map((token) => ({ ...token, line: 1 }))), "M30");
});
