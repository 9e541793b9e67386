// What working a part of equations out may change.

import type { Node } from "./syntax.ts";

/** Whether working `node` out may put something into the variable. */
export function assigns(node: Node, name: string): boolean {
  switch (node.kind) {
    case "number":
    case "variable":
      return false;
    case "memory":
      return assigns(node.index, name);
    case "unary":
      return assigns(node.operand, name);
    case "assign":
      return holds(node.target, name) || assigns(node.target, name) || assigns(node.value, name);
    case "chain":
    case "logic":
      return assigns(node.first, name) || node.rest.some(({ operand }) => assigns(operand, name));
    case "if":
      return [node.test, node.yes, node.no].some((part) => assigns(part, name));
    case "loop":
      return assigns(node.count, name) || assigns(node.body, name);
    case "while":
      return assigns(node.body, name);
    case "block":
      return node.body.some((part) => assigns(part, name));
    default:
      return node.operands.some((part) => assigns(part, name));
  }
}

/** Whether an assignment to `node` may be one to the variable. */
function holds(node: Node, name: string): boolean {
  if (node.kind === "variable") return node.name === name;
  if (node.kind === "if") return holds(node.yes, name) || holds(node.no, name);
  const last = node.kind === "block" ? node.body.at(-1) : undefined;
  return last !== undefined && holds(last, name);
}
