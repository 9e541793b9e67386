import { closing, findOutside, splitByComma, textAt } from "../brackets.ts";
import { isType } from "../hlsl_types.ts";
import { statementEnd } from "../statements.ts";
import { type Token, tokenize } from "../tokens.ts";

/**
 * Writes every loop as a `for` with a declaration, the only loop the parser knows. A `do` body runs
 * once before its condition counts, and `continue` in it still reaches the condition.
 */
export function unifyLoops(tokens: readonly Token[]): Token[] {
  const output: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const loop = loopAt(tokens, at);
    if (loop === null) {
      output.push(tokens[at] as Token);
    } else {
      output.push(...loop.head, ...unifyLoops(loop.body), ...loop.tail);
      at = loop.end - 1;
    }
  }
  return output;
}

interface Loop {
  head: Token[];
  body: readonly Token[];
  tail: Token[];
  end: number;
}

function loopAt(tokens: readonly Token[], at: number): Loop | null {
  const text = textAt(tokens, at);
  if (text === "do") return doLoop(tokens, at);
  if (text !== "while" && text !== "for") return null;
  const close = closing(tokens, at + 1);
  const end = statementEnd(tokens, close + 1);
  const header = tokens.slice(at + 2, close);
  const body = tokens.slice(close + 1, end);
  const { line } = tokens[at] as Token;
  if (text === "while") return { ...counted([], header, [], line), body, end };
  const first = findOutside(header, 0, [";"]);
  const second = findOutside(header, first + 1, [";"]);
  const loop = counted(
    header.slice(0, first),
    header.slice(first + 1, second),
    header.slice(second + 1),
    line,
  );
  return { ...loop, body, end };
}

function counted(
  start: readonly Token[],
  condition: readonly Token[],
  step: readonly Token[],
  line: number,
): { head: Token[]; tail: Token[] } {
  const declared = isType(textAt(start, 0));
  const before = start.length > 0 && !declared;
  const head = [
    ...(before ? [...tokenize("if (true) {", line), ...start, ...tokenize(";", line)] : []),
    ...tokenize("for (", line),
    ...(declared ? start : tokenize("int hl_w = 0", line)),
    ...tokenize(";", line),
    ...(condition.length > 0 ? condition : tokenize("true", line)),
    ...tokenize(";", line),
    ...(step.length > 0 ? oneStep(step, line) : tokenize(declared ? "0" : "hl_w++", line)),
    ...tokenize(")", line),
  ];
  return { head, tail: before ? tokenize("}", line) : [] };
}

/** `i++, j--` -> `hl_both(i++, j--)`: a call does both, and the parser knows no comma. */
function oneStep(step: readonly Token[], line: number): Token[] {
  const [first = [], ...rest] = splitByComma(step);
  return [
    ...rest.flatMap(() => tokenize("hl_both(", line)),
    ...first,
    ...rest.flatMap((next) => [...tokenize(",", line), ...next, ...tokenize(")", line)]),
  ];
}

function doLoop(tokens: readonly Token[], at: number): Loop {
  const { line } = tokens[at] as Token;
  const bodyEnd = statementEnd(tokens, at + 1);
  const close = closing(tokens, bodyEnd + 1);
  const head = [
    ...tokenize("for (bool hl_first = true; hl_first || (", line),
    ...tokens.slice(bodyEnd + 2, close),
    ...tokenize("); hl_first = false)", line),
  ];
  return { head, body: tokens.slice(at + 1, bodyEnd), tail: [], end: close + 2 };
}
