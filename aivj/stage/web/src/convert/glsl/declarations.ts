// Declarations: structures, other names for types, and variables, wherever they stand.

import type {
  AliasDefinition,
  Declaration,
  Declarator,
  Expression,
  StructureDefinition,
} from "../syntax/tree.ts";
import { fromList, numNumbers } from "./constructors.ts";
import type { Expressions } from "./expressions.ts";
import type { Module } from "./module.ts";
import type { Scope, Variable } from "./names.ts";
import { type Field, glslType, type Type } from "./types.ts";
import { constant, converted, type Value } from "./values.ts";

export class Declarations {
  readonly expressions: Expressions;
  readonly #module: Module;

  constructor(module: Module, expressions: Expressions) {
    this.#module = module;
    this.expressions = expressions;
  }

  defineType(definition: StructureDefinition | AliasDefinition, scope: Scope): void {
    if (definition.kind === "alias") {
      const { type, declarator } = definition;
      const meaning = this.expressions.sized(type, declarator.lengths, scope);
      scope.declare(declarator.name, { kind: "type", type: meaning });
      return;
    }
    const glsl = this.#module.names.give(definition.name);
    const fields = definition.fields.flatMap((declaration) => this.#fields(declaration, scope));
    const lines = fields.map((field) => `${glslType(field.type)} ${field.glsl};`);
    this.#module.declarations.push(`struct ${glsl} { ${lines.join(" ")} };`);
    scope.declare(definition.name, { kind: "type", type: { kind: "struct", glsl, fields } });
  }

  #fields({ type, declarators }: Declaration, scope: Scope): Field[] {
    return declarators.map(({ name, lengths }) => ({
      name,
      glsl: this.#module.names.give(name),
      type: this.expressions.sized(type, lengths, scope),
    }));
  }

  /** Declares a variable in `scope`; returns it with its initial value. */
  declared(
    { type: written, isConst }: Declaration,
    { name, line, lengths, value: start }: Declarator,
    scope: Scope,
  ): { variable: Variable; value: Value | null } {
    const module = this.#module;
    module.line = line;
    const type = this.#declaredType(written, lengths, start, scope);
    const value = start && this.#initial(type, start, scope);
    const variable: Variable = { kind: "variable", glsl: module.names.give(name), type };
    const known = isConst ? value?.constant : undefined;
    const meaning = known === undefined ? variable : { ...variable, constant: known };
    scope.declare(name, meaning);
    return { variable: meaning, value };
  }

  #declaredType(
    written: Declaration["type"],
    lengths: readonly (Expression | null)[],
    start: Expression | null,
    scope: Scope,
  ): Type {
    const type = this.expressions.type(written, scope);
    if (type.kind === "void" || type.kind === "opaque" || type.kind === "sampler") {
      this.#module.fail("a variable of this type cannot be declared here");
    }
    const [first, ...rest] = lengths;
    if (first !== null || start?.kind !== "list") {
      return this.expressions.arrayOf(type, lengths, scope);
    }
    const element = this.expressions.arrayOf(type, rest, scope);
    const numbers = this.#flat(start, scope).reduce((sum, { type }) => sum + numNumbers(type), 0);
    const length = constant(Math.ceil(numbers / numNumbers(element)), "int").code;
    const counted: Expression = { kind: "number", line: start.line, text: length };
    return this.expressions.arrayOf(type, [counted, ...rest], scope);
  }

  #initial(type: Type, start: Expression, scope: Scope): Value {
    if (start.kind !== "list")
      return converted(this.#module, this.expressions.value(start, scope), type);
    return fromList(this.#module, type, this.#flat(start, scope));
  }

  #flat(start: Expression, scope: Scope): Value[] {
    if (start.kind !== "list") return [this.expressions.value(start, scope)];
    return start.items.flatMap((item) => this.#flat(item, scope));
  }
}
