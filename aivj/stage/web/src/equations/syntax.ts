// What a block of equations is made of, once it has been read. Operators and the functions that
// stand for them are one and the same here.

/** An operation on one number. */
export type Unary =
  | "neg"
  | "not"
  | "abs"
  | "sqrt"
  | "invsqrt"
  | "sqr"
  | "sign"
  | "floor"
  | "ceil"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "exp"
  | "log"
  | "log10"
  | "rand"
  | "same";

/** An operation on two numbers, both of which are always worked out. */
export type Binary =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "mod"
  | "pow"
  | "bitor"
  | "bitand"
  | "equal"
  | "noteq"
  | "below"
  | "above"
  | "beleq"
  | "aboeq"
  | "min"
  | "max"
  | "atan2"
  | "sigmoid"
  | "band"
  | "bor";

/** `first` and then each operand in turn: `a - b + c`. */
export interface Chain {
  kind: "chain";
  first: Node;
  rest: { operation: Binary; operand: Node }[];
}

/** Like a chain, of `and` and `or`, whose operands are looked at only where they matter. */
export interface Logic {
  kind: "logic";
  first: Node;
  rest: { operation: "and" | "or"; operand: Node }[];
}

export interface Assignment {
  kind: "assign";
  target: Node;
  /** What becomes of the old and the new value; `null` for the new one alone. */
  operation: Binary | null;
  value: Node;
}

export type Node =
  | { kind: "number"; value: number }
  | { kind: "variable"; name: string }
  | { kind: "memory"; shared: boolean; index: Node }
  | { kind: "memset" | "memcpy"; operands: [Node, Node, Node] }
  | { kind: "unary"; operation: Unary; operand: Node }
  | { kind: "if"; test: Node; yes: Node; no: Node }
  | { kind: "loop"; count: Node; body: Node }
  | { kind: "while"; body: Node }
  | { kind: "block"; body: Node[] }
  | Chain
  | Logic
  | Assignment;

/** A block that has been read. */
export interface Script {
  body: Node[];
  /** Names of the variables, in the order of their first use. */
  names: Set<string>;
  usesMemory: boolean;
}
