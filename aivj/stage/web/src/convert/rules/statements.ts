import { findOutside, splitByComma, textAt } from "../brackets.ts";
import { isType } from "../hlsl_types.ts";
import { mapSimpleStatements } from "../statements.ts";
import { type Token, tokenize } from "../tokens.ts";
import { ENTRY } from "../vocabulary.ts";

function declares(statement: readonly Token[]): boolean {
  return isType(textAt(statement, 0)) && statement[1]?.kind === "word";
}

/** `float3 a, b;` -> `float3 a; float3 b;` outside functions, where the parser reads only one. */
export function splitGlobalDeclarations(tokens: readonly Token[]): Token[] {
  return mapSimpleStatements(tokens, (statement, end, depth) => {
    const [type] = statement;
    if (type === undefined || depth > 0 || !declares(statement)) return [...statement, end];
    return splitByComma(statement.slice(1)).flatMap((piece) => [type, ...piece, end]);
  });
}

/**
 * `float2 v = {a, b}` -> `float2 v = float2(a, b)`; for an array `{float2(a), float2(b)}`, because
 * GLSL casts no element by itself.
 */
export function constructInitializers(tokens: readonly Token[]): Token[] {
  return mapSimpleStatements(tokens, (statement, end) => {
    const [type] = statement;
    if (type === undefined || !declares(statement)) return [...statement, end];
    const pieces = splitByComma(statement.slice(1)).map((piece) => initialized(type, piece));
    return [type, ...joinByComma(pieces, type.line), end];
  });
}

function initialized(type: Token, piece: Token[]): Token[] {
  const equals = findOutside(piece, 0, ["="]);
  if (equals === -1 || textAt(piece, equals + 1) !== "{") return piece;
  const head = piece.slice(0, equals + 1);
  const values = piece.slice(equals + 2, -1);
  if (!head.some((token) => token.text === "[")) {
    const flat = values.filter((token) => token.text !== "{" && token.text !== "}");
    return [...head, ...construct(type, flat)];
  }
  const elements = splitByComma(values).filter((element) => element.length > 0);
  const constructed = elements.map((element) =>
    construct(
      type,
      element.filter((token) => token.text !== "{" && token.text !== "}"),
    ),
  );
  return [
    ...sized(head, elements.length),
    ...tokenize("{", type.line),
    ...joinByComma(constructed, type.line),
    ...tokenize("}", type.line),
  ];
}

/** `a[] =` -> `a[2] =`. */
function sized(head: readonly Token[], count: number): Token[] {
  return head.flatMap((token, at) => {
    const open = token.text === "[" && textAt(head, at + 1) === "]";
    return open ? [token, ...tokenize(`${count}`, token.line)] : [token];
  });
}

function construct(type: Token, values: readonly Token[]): Token[] {
  return [type, ...tokenize("(", type.line), ...values, ...tokenize(")", type.line)];
}

function joinByComma(pieces: readonly Token[][], line: number): Token[] {
  return pieces.flatMap((piece, index) =>
    index === 0 ? piece : [...tokenize(",", line), ...piece],
  );
}

/** `a = 1, b = 2;` -> `if (true) { a = 1; b = 2; }`: the parser knows no comma operator. */
export function splitCommaStatements(tokens: readonly Token[]): Token[] {
  return mapSimpleStatements(tokens, (statement, end, depth) => {
    const keyword = isType(textAt(statement, 0)) && statement[1]?.kind === "word";
    const pieces = depth === 0 || keyword ? [] : splitByComma(statement);
    if (pieces.length < 2 || textAt(statement, 0) === "return") return [...statement, end];
    return [
      ...tokenize("if (true) {", end.line),
      ...pieces.flatMap((piece) => [...piece, end]),
      ...tokenize("}", end.line),
    ];
  });
}

/** `{ ... }` on its own -> `if (true) { ... }`: the parser reads such a block and prints nothing. */
export function openBareBlocks(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.flatMap((token, at) => {
    if (token.text === "}") depth -= 1;
    if (token.text !== "{") return [token];
    const bare = depth > 0 && /^[;{}]$/.test(textAt(tokens, at - 1));
    depth += 1;
    return bare ? [...tokenize("if (true)", token.line), token] : [token];
  });
}

/**
 * `return;` -> `return float4(ret, 1.0);` in the shader's body, which yields that; elsewhere
 * `return;;`, because the parser reads a semicolon too many.
 */
export function completeReturns(tokens: readonly Token[]): Token[] {
  const body = tokens.findIndex((token) => token.text === ENTRY);
  return tokens.flatMap((token, at) => {
    if (token.text !== "return" || textAt(tokens, at + 1) !== ";") return [token];
    return tokenize(at > body ? "return float4(ret, 1.0)" : "return;", token.line);
  });
}
