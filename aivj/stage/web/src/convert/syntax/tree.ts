// What a shader's text says, before anything is known of what its names mean.

export type Base = "float" | "int" | "bool";

/** `size` components, in a matrix `rows` times; no rows: a scalar or a vector. */
export interface NumericType {
  readonly kind: "numeric";
  readonly base: Base;
  readonly rows: number;
  readonly size: number;
}

export interface SamplerType {
  readonly kind: "sampler";
  readonly dimension: "2D" | "3D";
}

/** A type as it is written: a built-in one, or the name of a structure or a `typedef`. */
export type WrittenType =
  | NumericType
  | SamplerType
  | { readonly kind: "void" }
  /** Textures and strings of effect files: nothing can be done with them. */
  | { readonly kind: "opaque" }
  | { readonly kind: "named"; readonly name: string };

export type Expression = { readonly line: number } & (
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "truth"; readonly value: boolean }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: "step";
      readonly operator: "++" | "--";
      readonly prefix: boolean;
      readonly operand: Expression;
    }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "assign";
      /** `=`, or the arithmetic operator before it. */
      readonly operator: string;
      readonly target: Expression;
      readonly value: Expression;
    }
  | {
      readonly kind: "choice";
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: "comma"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "construct"; readonly type: WrittenType; readonly args: readonly Expression[] }
  | {
      readonly kind: "cast";
      readonly type: WrittenType;
      readonly lengths: readonly (Expression | null)[];
      readonly operand: Expression;
    }
  | { readonly kind: "member"; readonly object: Expression; readonly name: string }
  | { readonly kind: "index"; readonly object: Expression; readonly index: Expression }
  /** `{a, {b, c}}`, as an initial value. */
  | { readonly kind: "list"; readonly items: readonly Expression[] }
);

export interface Declarator {
  readonly name: string;
  readonly line: number;
  /** Of an array; null where the initial value decides. */
  readonly lengths: readonly (Expression | null)[];
  readonly value: Expression | null;
}

export interface Declaration {
  readonly kind: "declare";
  readonly line: number;
  readonly type: WrittenType;
  readonly isConst: boolean;
  readonly declarators: readonly Declarator[];
}

export type Statement = { readonly line: number } & (
  | Declaration
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "evaluate"; readonly expression: Expression }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly yes: Statement;
      readonly no: Statement | null;
    }
  | {
      readonly kind: "for";
      readonly start: Declaration | Expression | null;
      readonly condition: Expression | null;
      readonly step: Expression | null;
      readonly body: Statement;
    }
  | { readonly kind: "while"; readonly condition: Expression; readonly body: Statement }
  | { readonly kind: "do"; readonly condition: Expression; readonly body: Statement }
  | { readonly kind: "switch"; readonly subject: Expression; readonly cases: readonly Case[] }
  | { readonly kind: "return"; readonly value: Expression | null }
  | { readonly kind: "break" | "continue" | "discard" }
  | StructureDefinition
  | AliasDefinition
);

/** What follows one label of a `switch`; no label: `default`. */
export interface Case {
  readonly line: number;
  readonly label: Expression | null;
  readonly body: readonly Statement[];
}

export interface StructureDefinition {
  readonly kind: "struct";
  readonly line: number;
  readonly name: string;
  readonly fields: readonly Declaration[];
}

export interface AliasDefinition {
  readonly kind: "alias";
  readonly line: number;
  readonly type: WrittenType;
  readonly declarator: Declarator;
}

export interface Parameter {
  readonly name: string;
  readonly line: number;
  readonly type: WrittenType;
  readonly lengths: readonly (Expression | null)[];
  readonly direction: "in" | "out" | "inout";
  readonly value: Expression | null;
}

export interface FunctionDefinition {
  readonly kind: "function";
  readonly line: number;
  readonly name: string;
  readonly type: WrittenType;
  readonly params: readonly Parameter[];
  /** Null of a declaration ahead. */
  readonly body: readonly Statement[] | null;
}

export type Definition = FunctionDefinition | Declaration | StructureDefinition | AliasDefinition;
