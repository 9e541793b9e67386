// The local variables of a block: those of its equations, and what the code needs besides.

import { Code, F64, I32 } from "./code.ts";

interface Variable {
  local: number;
  /** Its old value may be needed. */
  read: boolean;
  /** Something has been put into it, whichever way the code went. */
  certain: boolean;
  written: boolean;
}

/** Where the values of names are kept while no code runs. */
interface Keeper {
  /** Writes what comes before the values are read. */
  beginning(code: Code): void;
  /** Index of the global variable for a name. */
  global(name: string): number;
}

/** A block's local variables; a name's is read when the block begins and kept when it ends. */
export class Locals {
  readonly #types: number[] = [];
  readonly #free: Record<number, number[]> = { [F64]: [], [I32]: [] };
  readonly #variables = new Map<string, Variable>();
  /** How many branches and loops deep the code is that is being written. */
  #uncertain = 0;

  /** Lets `use` have a local variable for as long as it runs. */
  with<T>(type: number, use: (local: number) => T): T {
    const local = this.#free[type]?.pop() ?? this.#types.push(type) - 1;
    const result = use(local);
    this.#free[type]?.push(local);
    return result;
  }

  /** Code that `write` writes may be passed over. */
  perhaps(write: () => void): void {
    this.enterBranch();
    write();
    this.leaveBranch();
  }

  enterBranch(): void {
    this.#uncertain += 1;
  }

  leaveBranch(): void {
    this.#uncertain -= 1;
  }

  /** The local variable that holds the value of `name`. */
  read(name: string): number {
    const variable = this.#variable(name);
    if (!variable.certain) variable.read = true;
    return variable.local;
  }

  /** The local variable that a value of `name` is put into. */
  write(name: string): number {
    const variable = this.#variable(name);
    variable.written = true;
    if (this.#uncertain === 0) variable.certain = true;
    // Where it is not written after all, the old value is written back.
    else if (!variable.certain) variable.read = true;
    return variable.local;
  }

  /** A function's body around `code`, less its end. */
  around(code: Code, { beginning, global }: Keeper): Code {
    const whole = new Code().unsigned(this.#types.length);
    for (const type of this.#types) whole.unsigned(1).op(type);
    beginning(whole);
    for (const [name, { read, local }] of this.#variables) {
      if (read) whole.getGlobal(global(name)).set(local);
    }
    whole.append(code.bytes);
    for (const [name, { written, local }] of this.#variables) {
      if (written) whole.get(local).setGlobal(global(name));
    }
    return whole;
  }

  #variable(name: string): Variable {
    let variable = this.#variables.get(name);
    if (variable === undefined) {
      const local = this.#types.push(F64) - 1;
      variable = { local, read: false, certain: false, written: false };
      this.#variables.set(name, variable);
    }
    return variable;
  }
}
