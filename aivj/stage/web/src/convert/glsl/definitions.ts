// Definitions: structures, variables and functions of a shader.

import type {
  AliasDefinition,
  Declaration,
  Declarator,
  Definition,
  Expression,
  FunctionDefinition,
  StructureDefinition,
} from "../syntax/tree.ts";
import { isDeclaredByUs, samplerName } from "./builtins.ts";
import { fromList, numNumbers } from "./constructors.ts";
import { Expressions } from "./expressions.ts";
import type { Module } from "./module.ts";
import { type FunctionGroup, type Overload, Scope, type Variable } from "./names.ts";
import { type Line, Statements } from "./statements.ts";
import { type Field, glslType, sameType, type Type } from "./types.ts";
import { constant, converted, filled, type Value } from "./values.ts";

export class Definitions {
  readonly expressions: Expressions;
  readonly #module: Module;

  constructor(module: Module) {
    this.#module = module;
    this.expressions = new Expressions(module, (overload) => this.#write(overload));
  }

  /** Takes in everything outside functions. A function is written when it is first called. */
  add(definitions: readonly Definition[]): void {
    const { globals } = this.#module;
    for (const definition of definitions) {
      this.#module.line = definition.line;
      if (definition.kind === "function") this.#addFunction(definition);
      else if (definition.kind === "declare") this.#addGlobals(definition);
      else this.defineType(definition, globals);
    }
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

  /** Globals get their values when the body starts; what says no more than we know is passed over. */
  #addGlobals(declaration: Declaration): void {
    const { globals, declarations, assignments } = this.#module;
    for (const declarator of declaration.declarators) {
      const { name, value: start } = declarator;
      const { type } = declaration;
      if (isDeclaredByUs(type, name, start !== null)) {
        if (type.kind === "sampler") this.#renameSampler(name);
        continue;
      }
      const { variable, value } = this.declared(declaration, declarator, globals);
      declarations.push(`${glslType(variable.type)} ${variable.glsl};`);
      if (value !== null) assignments.push(`${variable.glsl} = ${value.code};`);
    }
  }

  /** A sampler may be declared without the `sampler_` before its name. */
  #renameSampler(name: string): void {
    const full = samplerName(name);
    if (full !== name) this.#module.globals.declare(name, { kind: "builtin", name: full });
  }

  #addFunction(definition: FunctionDefinition): void {
    const { globals } = this.#module;
    const known = globals.own(definition.name);
    const group: FunctionGroup =
      known?.kind === "functions" ? known : { kind: "functions", overloads: [] };
    globals.declare(definition.name, group);
    const params = definition.params.map(({ type, lengths, direction }) => ({
      type: this.expressions.sized(type, lengths, globals),
      direction,
    }));
    const ahead = group.overloads.find(
      (overload) =>
        overload.params.length === params.length &&
        overload.params.every((param, at) => sameType(param.type, params[at]?.type ?? param.type)),
    );
    const defaults = definition.params.map(({ value }, at) => value ?? ahead?.defaults[at] ?? null);
    const overload: Overload = {
      glsl: this.#module.names.give(definition.name),
      returns: this.expressions.type(definition.type, globals),
      params,
      definition,
      defaults,
      state: "unused",
    };
    if (ahead === undefined) group.overloads.push(overload);
    else if (definition.body !== null) Object.assign(ahead, { definition, defaults });
  }

  #write(overload: Overload): void {
    const { definition } = overload;
    if (overload.state === "written") return;
    if (overload.state === "begun") this.#module.fail(`'${definition.name}' calls itself`);
    if (definition.body === null) this.#module.fail(`'${definition.name}' has no body`);
    overload.state = "begun";
    const { line } = this.#module;
    this.#module.functions.push(this.#function(overload, definition.body));
    this.#module.line = line;
    overload.state = "written";
  }

  #function(overload: Overload, body: NonNullable<FunctionDefinition["body"]>): string {
    const module = this.#module;
    const scope = new Scope(module.globals);
    const params = overload.params.map(({ type, direction }, at) => {
      const { name } = overload.definition.params[at] ?? { name: "" };
      const glsl = module.names.give(name || "unnamed");
      scope.declare(name, { kind: "variable", glsl, type });
      return `${direction === "in" ? "" : `${direction} `}${glslType(type)} ${glsl}`;
    });
    const head = `${glslType(overload.returns)} ${overload.glsl}(${params.join(", ")})`;
    return this.written(head, overload.returns, body, scope);
  }

  /** A function with this head; a way out of it that returns nothing returns zeros. */
  written(
    head: string,
    returns: Type,
    body: NonNullable<FunctionDefinition["body"]>,
    scope: Scope,
  ): string {
    const module = this.#module;
    const statements = new Statements(module, this, (value) => {
      if (returns.kind === "void") {
        if (value !== null) module.fail("this function returns nothing");
        return "return;";
      }
      if (value === null) return module.fail("this function returns a value");
      return `return ${converted(module, value, returns).code};`;
    });
    statements.all(body, scope);
    if (returns.kind !== "void" && body.at(-1)?.kind !== "return") {
      statements.lines.push(`return ${filled(module, returns, constant(0, "float")).code};`);
    }
    return textOf(head, statements.lines);
  }
}

export function textOf(head: string, lines: readonly Line[]): string {
  const texts = lines.map((line) => (typeof line === "string" ? line : line()));
  return [`${head} {`, ...texts.filter((text) => text !== ""), "}"].join("\n");
}
