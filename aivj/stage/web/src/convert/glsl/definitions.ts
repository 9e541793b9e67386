// Definitions: what stands outside functions, and the functions that are called.

import type { Declaration, Definition, FunctionDefinition } from "../syntax/tree.ts";
import { isDeclaredByUs, samplerName } from "./builtins.ts";
import { Declarations } from "./declarations.ts";
import { Expressions } from "./expressions.ts";
import type { Module } from "./module.ts";
import { type FunctionGroup, type Overload, Scope } from "./names.ts";
import { type Line, Statements } from "./statements.ts";
import { glslType, type Type } from "./types.ts";
import { constant, converted, filled } from "./values.ts";

export class Definitions {
  readonly declarations: Declarations;
  readonly #expressions: Expressions;
  readonly #module: Module;

  constructor(module: Module) {
    this.#module = module;
    this.#expressions = new Expressions(module, (overload) => this.#write(overload));
    this.declarations = new Declarations(module, this.#expressions);
  }

  /** Takes in everything outside functions. A function is written when it is first called. */
  add(definitions: readonly Definition[]): void {
    const { globals } = this.#module;
    for (const definition of definitions) {
      this.#module.line = definition.line;
      if (definition.kind === "function") this.#addFunction(definition);
      else if (definition.kind === "declare") this.#addGlobals(definition);
      else this.declarations.defineType(definition, globals);
    }
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
      const { variable, value } = this.declarations.declared(declaration, declarator, globals);
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
      known?.kind === "functions" ? known : { kind: "functions", overloads: new Map() };
    globals.declare(definition.name, group);
    const params = definition.params.map(({ type, lengths, direction }) => ({
      type: this.#expressions.sized(type, lengths, globals),
      direction,
    }));
    const signature = params.map(({ type }) => glslType(type)).join(",");
    const ahead = group.overloads.get(signature);
    const defaults = definition.params.map(({ value }, at) => value ?? ahead?.defaults[at] ?? null);
    const overload: Overload = {
      glsl: this.#module.names.give(definition.name),
      returns: this.#expressions.type(definition.type, globals),
      params,
      definition,
      defaults,
      state: "unused",
    };
    if (ahead === undefined) group.overloads.set(signature, overload);
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
    const statements = new Statements(module, this.declarations, (value) => {
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
