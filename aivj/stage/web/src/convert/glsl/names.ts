// Names of the finished shader's variables and functions, and what the shader's own names mean.

import type { FunctionDefinition } from "../syntax/tree.ts";
import type { Type } from "./types.ts";

/** Before every name of a preset's own: none of GLSL's, Butterchurn's or ours begins so. */
const PREFIX = "hv";
const MAX_LENGTH = 100;

export interface Variable {
  readonly kind: "variable";
  readonly glsl: string;
  readonly type: Type;
  readonly constant?: number;
  /** Of a loop's own variable: set when it is used behind its loop. */
  outlives?: boolean;
  inLoop?: boolean;
}

export interface FunctionGroup {
  readonly kind: "functions";
  /** By the types of their parameters. */
  readonly overloads: Map<string, Overload>;
}

interface OverloadParameter {
  readonly type: Type;
  readonly direction: "in" | "out" | "inout";
}

export interface Overload {
  readonly glsl: string;
  readonly returns: Type;
  readonly params: OverloadParameter[];
  /** The declaration with a body, once it has been read. */
  definition: FunctionDefinition;
  /** Values of parameters may stand at the declaration ahead. */
  readonly defaults: FunctionDefinition["params"][number]["value"][];
  state: "unused" | "begun" | "written";
}

type Meaning =
  | Variable
  | FunctionGroup
  | { readonly kind: "type"; readonly type: Type }
  /** Another name for one of MilkDrop's. */
  | { readonly kind: "builtin"; readonly name: string };

/** Gives out names, each once. */
export class Names {
  readonly #taken = new Set<string>();
  /** How often each was tried: one that ten thousand blocks declare is not tried from 1 in each. */
  readonly #tried = new Map<string, number>();

  /** A name that looks like the preset's. */
  give(name: string): string {
    const own = name.slice(0, MAX_LENGTH);
    for (let count = (this.#tried.get(own) ?? 0) + 1; ; count++) {
      const prefix = count === 1 ? PREFIX : `${PREFIX}${count}`;
      // Two underscores in a row are GLSL's own.
      const given = `${prefix}_${own}`.replace(/__+/g, "_u_");
      if (this.#taken.has(given)) continue;
      this.#tried.set(own, count);
      this.#taken.add(given);
      return given;
    }
  }
}

/** What names mean within one pair of braces, or outside all. */
export class Scope {
  readonly #meanings = new Map<string, Meaning>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null = null) {
    this.#outer = outer;
  }

  find(name: string): Meaning | null {
    return this.#meanings.get(name) ?? this.#outer?.find(name) ?? null;
  }

  /** What the name means here, whatever it means outside. */
  own(name: string): Meaning | null {
    return this.#meanings.get(name) ?? null;
  }

  declare(name: string, meaning: Meaning): void {
    this.#meanings.set(name, meaning);
  }
}
