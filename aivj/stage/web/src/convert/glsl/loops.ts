// Loops that hold a GPU for ever, found before it is given them.

import type { Expression, Statement } from "../syntax/tree.ts";

type Loop = Extract<Statement, { kind: "for" | "while" | "do" }>;

/** Rounds after which MilkDrop's compiler takes a loop for one without an end. */
const MOST_ROUNDS = 1024;

/** Says what is wrong with a loop that goes round too often for certain; null of any other. */
export function endless(loop: Loop): string | null {
  if (leaves(loop.body, true)) return null;
  if (loop.condition === null || numberIn(loop.condition)) return "a loop that never ends";
  const rounds = loop.kind === "for" ? roundsOf(loop) : null;
  if (rounds === null || rounds <= MOST_ROUNDS) return null;
  return `a loop of ${rounds} rounds; there are ${MOST_ROUNDS} at most`;
}

/** Rounds of `for (i = 0; i < 9; i++)` in numbers alone; null where it is not that plain. */
function roundsOf({ start, condition, step }: Loop & { kind: "for" }): number | null {
  const declarator = start?.kind === "declare" ? start.declarators.at(-1) : null;
  const assigned = start?.kind === "assign" ? start : null;
  const name = declarator?.name ?? nameIn(assigned?.target);
  const first = numberIn(declarator?.value ?? assigned?.value);
  if (condition?.kind !== "binary" || nameIn(condition.left) !== name) return null;
  const end = numberIn(condition.right);
  const by = stepOf(step, name);
  if (first === null || end === null || by === null || !/^<=?$/.test(condition.operator))
    return null;
  return by > 0 ? Math.max(0, Math.ceil((end - first) / by)) : null;
}

function stepOf(step: Expression | null, name: string | undefined): number | null {
  if (step?.kind === "step" && nameIn(step.operand) === name)
    return step.operator === "++" ? 1 : -1;
  if (step?.kind !== "assign" || step.operator !== "+" || nameIn(step.target) !== name) return null;
  return numberIn(step.value);
}

function nameIn(expression: Expression | undefined): string | undefined {
  return expression?.kind === "name" ? expression.name : undefined;
}

/** The number that is written there; `true` is 1. */
function numberIn(expression: Expression | null | undefined): number | null {
  if (expression?.kind === "truth") return Number(expression.value);
  if (expression?.kind !== "number") return null;
  const number = Number.parseFloat(expression.text);
  return Number.isFinite(number) ? number : null;
}

/** Whether a statement may end the loop that it stands in; `own`: `break` would be of this loop. */
function leaves(statement: Statement, own: boolean): boolean {
  switch (statement.kind) {
    case "break":
      return own;
    case "return":
    case "discard":
      return true;
    case "block":
      return statement.body.some((each) => leaves(each, own));
    case "if":
      return leaves(statement.yes, own) || (statement.no !== null && leaves(statement.no, own));
    case "for":
    case "while":
    case "do":
      return leaves(statement.body, false);
    case "switch":
      return statement.cases.some(({ body }) => body.some((each) => leaves(each, false)));
    default:
      return false;
  }
}
