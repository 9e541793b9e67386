// Statements: lines of GLSL.

import type { Case, Declaration, Expression, Statement } from "../syntax/tree.ts";
import type { Declarations } from "./declarations.ts";
import type { Expressions } from "./expressions.ts";
import { endless } from "./loops.ts";
import type { Module } from "./module.ts";
import { Scope, type Variable } from "./names.ts";
import { condition } from "./operators.ts";
import { glslType, INT } from "./types.ts";
import { constant, convertedNumber, numericValue, type Value } from "./values.ts";

/** Lines of GLSL; some are known only when everything behind them has been read. */
export type Line = string | (() => string);

/** What a function returns, or how the body of the shader ends. */
type Return = (value: Value | null) => string;

export class Statements {
  readonly #module: Module;
  readonly #expressions: Expressions;
  readonly #declarations: Declarations;
  readonly #return: Return;
  readonly lines: Line[] = [];

  constructor(module: Module, declarations: Declarations, returns: Return) {
    this.#module = module;
    this.#declarations = declarations;
    this.#expressions = declarations.expressions;
    this.#return = returns;
  }

  all(statements: readonly Statement[], scope: Scope): void {
    for (const statement of statements) this.#add(statement, scope);
  }

  #add(statement: Statement, scope: Scope): void {
    this.#module.line = statement.line;
    if (statement.kind === "for" || statement.kind === "while" || statement.kind === "do") {
      const wrong = endless(statement);
      if (wrong !== null) this.#module.fail(wrong);
    }
    switch (statement.kind) {
      case "declare":
        this.#declare(statement, scope);
        break;
      case "struct":
      case "alias":
        this.#declarations.defineType(statement, scope);
        break;
      case "block":
        this.#block(statement.body, scope);
        break;
      case "evaluate":
        this.lines.push(`${this.#expressions.value(statement.expression, scope).code};`);
        break;
      case "if":
        this.lines.push(`if (${this.#condition(statement.condition, scope)})`);
        this.#block([statement.yes], scope);
        if (statement.no === null) break;
        this.lines.push("else");
        this.#block([statement.no], scope);
        break;
      case "for":
        this.#for(statement, scope);
        break;
      case "while":
        this.lines.push(`while (${this.#condition(statement.condition, scope)})`);
        this.#block([statement.body], scope);
        break;
      case "do":
        this.lines.push("do");
        this.#block([statement.body], scope);
        this.lines.push(`while (${this.#condition(statement.condition, scope)});`);
        break;
      case "switch":
        this.#switch(statement, scope);
        break;
      case "return": {
        const value = statement.value;
        this.lines.push(this.#return(value && this.#expressions.value(value, scope)));
        break;
      }
      default:
        this.lines.push(`${statement.kind};`);
    }
  }

  #block(body: readonly Statement[], scope: Scope): void {
    this.lines.push("{");
    this.all(body, new Scope(scope));
    this.lines.push("}");
  }

  #condition(expression: Expression, scope: Scope): string {
    return condition(this.#module, this.#expressions.value(expression, scope)).code;
  }

  #declare(declaration: Declaration, scope: Scope): void {
    for (const declarator of declaration.declarators) {
      const { variable, value } = this.#declarations.declared(declaration, declarator, scope);
      this.lines.push(definition(variable, value));
    }
  }

  /**
   * A variable that a loop declares lives on behind the loop, as in MilkDrop's compiler; where
   * somebody uses it there, it is declared before the loop.
   */
  #for(loop: Statement & { kind: "for" }, scope: Scope): void {
    const { start } = loop;
    const variables: { variable: Variable; value: Value | null }[] = [];
    let first = "";
    if (start?.kind === "declare") {
      for (const declarator of start.declarators) {
        variables.push(this.#declarations.declared(start, declarator, scope));
      }
    } else if (start !== null) {
      first = this.#expressions.value(start, scope).code;
    }
    const outlive = () => variables.some(({ variable }) => variable.outlives);
    this.lines.push(() =>
      outlive()
        ? variables.map(({ variable, value }) => definition(variable, value)).join("\n")
        : "",
    );
    for (const { variable } of variables) variable.inLoop = true;
    const test = loop.condition ? this.#condition(loop.condition, scope) : "true";
    const step = loop.step ? this.#expressions.value(loop.step, scope).code : "";
    const own = () => (outlive() || variables.length === 0 ? first : inHeader(variables));
    this.lines.push(() => `for (${own()}; ${test}; ${step})`);
    this.#block([loop.body], scope);
    for (const { variable } of variables) variable.inLoop = false;
  }

  #switch({ subject, cases }: Statement & { kind: "switch" }, scope: Scope): void {
    const value = numericValue(this.#module, this.#expressions.value(subject, scope));
    this.lines.push(`switch (${convertedNumber(this.#module, value, INT).code})`, "{");
    const inner = new Scope(scope);
    for (const one of cases) this.#case(one, inner);
    // GLSL wants a statement behind the last label.
    if (cases.length > 0) this.lines.push("break;");
    this.lines.push("}");
  }

  #case({ line, label, body }: Case, scope: Scope): void {
    this.#module.line = line;
    if (label === null) this.lines.push("default:");
    else this.lines.push(`case ${constant(this.#expressions.length(label, scope), "int").code}:`);
    this.all(body, scope);
  }
}

function definition({ glsl, type }: Variable, value: Value | null): string {
  return `${glslType(type)} ${glsl}${value === null ? "" : ` = ${value.code}`};`;
}

/** Several variables of one type in the head of a loop. */
function inHeader(variables: readonly { variable: Variable; value: Value | null }[]): string {
  const type = variables[0]?.variable.type;
  const names = variables.map(({ variable, value }) => {
    return value === null ? variable.glsl : `${variable.glsl} = ${value.code}`;
  });
  return `${type ? glslType(type) : ""} ${names.join(", ")}`;
}
