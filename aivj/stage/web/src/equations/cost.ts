// What working equations out costs, in steps: about the time of one addition each.

import type { Binary, Node, Unary } from "./syntax.ts";

/** Steps that a preset's code may take in one frame, all of it together; real ones take up to 2^23. */
export const STEPS_A_FRAME = 2 ** 24;

/** Of going round a loop once, besides its body. */
export const A_ROUND = 4;

const A_CALL = 12;
const UNARY: Partial<Record<Unary, number>> = {
  ...{ sin: A_CALL, cos: A_CALL, tan: A_CALL, asin: A_CALL, acos: A_CALL, atan: A_CALL },
  ...{ exp: A_CALL, log: A_CALL, log10: A_CALL, rand: A_CALL, sqrt: 4, invsqrt: 8 },
};
const BINARY: Partial<Record<Binary, number>> = {
  ...{ pow: 2 * A_CALL, atan2: 2 * A_CALL, sigmoid: 2 * A_CALL, mod: 8, div: 4 },
};

/**
 * Steps of `node`, those of the longer branch where it has two. What goes on within its loops is not
 * counted: a loop counts it while it runs.
 */
export function steps(node: Node): number {
  switch (node.kind) {
    case "number":
    case "variable":
      return 1;
    case "memory":
      return 4 + steps(node.index);
    case "unary":
      return (UNARY[node.operation] ?? 1) + steps(node.operand);
    case "chain":
      return node.rest.reduce(
        (sum, { operation, operand }) => sum + (BINARY[operation] ?? 1) + steps(operand),
        steps(node.first),
      );
    case "logic":
      return node.rest.reduce((sum, { operand }) => sum + 1 + steps(operand), steps(node.first));
    case "assign":
      return 1 + steps(node.target) + steps(node.value);
    case "if":
      return 1 + steps(node.test) + Math.max(steps(node.yes), steps(node.no));
    case "loop":
      return A_ROUND + steps(node.count);
    case "while":
      return A_ROUND;
    case "block":
      return stepsOf(node.body);
    default:
      return A_CALL + stepsOf(node.operands);
  }
}

/** Steps of one after the other. */
export function stepsOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + steps(node), 0);
}
