// The two places where the parser's GLSL means something else by a matrix than the HLSL did.

import { ShaderError } from "./types.ts";

/** Mends one line of the parser's output. */
export function liftMatrices(line: string): string {
  return fillMatrices(rowsToIndices(line));
}

/**
 * `matrix_row0(m,i)` -> `(m)[i]`: GLSL's columns hold HLSL's rows here, and unlike the parser's
 * function this can be assigned to.
 */
function rowsToIndices(line: string): string {
  const call = /\bmatrix_row\d+\(/.exec(line);
  if (call === null) return line;
  const start = call.index + call[0].length;
  const end = closing(line, start);
  let comma = start;
  while (line[comma] !== ",")
    comma = line[comma] === "(" ? closing(line, comma + 1) + 1 : comma + 1;
  const element = `(${line.slice(start, comma)})[${line.slice(comma + 1, end)}]`;
  return rowsToIndices(line.slice(0, call.index) + element + line.slice(end + 1));
}

/**
 * `m + mat2 (a)` -> `m + (mat2(...) of a in every cell)`: HLSL widens a number to a matrix full of
 * it, GLSL to one with zeros beside the diagonal. Only for products is that the same.
 */
function fillMatrices(line: string): string {
  return line.replace(/\bmat([234]) \(/g, (cast, size, at: number) => {
    const end = closing(line, at + cast.length);
    const product = / \*=? $/.test(line.slice(0, at)) || line.startsWith(" * ", end + 1);
    return product ? cast : `hl_mat${size}(`;
  });
}

const WIDENING = [2, 3, 4].map((size) => {
  const column = `vec${size}(a)`;
  const name = `mat${size} hl_mat${size}`;
  return [
    ...["float", "int"].map(
      (type) => `${name}(${type} a) { return mat${size}(${Array(size).fill(column).join(", ")}); }`,
    ),
    ...[2, 3, 4]
      .filter((from) => from >= size)
      .map((from) => `${name}(mat${from} a) { return mat${size}(a); }`),
  ];
});

/** GLSL definitions of the functions that `liftMatrices` has put into `glsl`. */
export function wideningDefinitions(glsl: string): string[] {
  return WIDENING.filter((_, index) => glsl.includes(`hl_mat${index + 2}(`)).flat();
}

/** Index of the parenthesis that closes the one before `from`. */
function closing(line: string, from: number): number {
  let depth = 1;
  for (let at = from; at < line.length; at++) {
    if (line[at] === "(") depth += 1;
    if (line[at] === ")") depth -= 1;
    if (depth === 0) return at;
  }
  throw new ShaderError("lift", "a parenthesis of the parser has no partner");
}
