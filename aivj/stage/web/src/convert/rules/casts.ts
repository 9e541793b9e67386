import { endsOperand, operandEnd, textAt } from "../brackets.ts";
import { isType } from "../hlsl_types.ts";
import { type Token, tokenize } from "../tokens.ts";

/** `(float2)v * 2` -> `float2(v) * 2`: the parser would cast everything that follows. */
export function castsToConstructors(tokens: readonly Token[]): Token[] {
  let output = [...tokens];
  for (let at = output.length - 3; at >= 0; at--) {
    const [open, type, close] = output.slice(at, at + 3) as [Token, Token, Token];
    const cast = open.text === "(" && close.text === ")" && isType(type.text);
    const attached = endsOperand(output, at - 1) && !endsCast(output, at - 1);
    if (!cast || attached || !startsOperand(output, at + 3)) continue;
    const end = operandEnd(output, at + 3);
    output = [
      ...output.slice(0, at),
      type,
      open,
      ...output.slice(at + 3, end),
      close,
      ...output.slice(end),
    ];
  }
  return output;
}

function endsCast(tokens: readonly Token[], at: number): boolean {
  const [open, type, close] = tokens.slice(at - 2, at + 1);
  return open?.text === "(" && isType(type?.text ?? "") && close?.text === ")";
}

function startsOperand(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return (
    token !== undefined && (token.kind !== "symbol" || /^(?:[-+!~(]|--|\+\+)$/.test(token.text))
  );
}

/** `(float2(a, b) * c)` -> `(+float2(a, b) * c)`: else the parser takes the start for a cast. */
export function guardLeadingConstructors(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, at) => {
    const groups = token.text === "(" && !endsOperand(tokens, at - 1);
    const constructs = isType(textAt(tokens, at + 1)) && textAt(tokens, at + 2) === "(";
    return groups && constructs ? [token, ...tokenize("+", token.line)] : [token];
  });
}
