// What the parts of one shader share while it is written.

import { ShaderError } from "../types.ts";
import { Names, Scope } from "./names.ts";

/** A uniform is written: the shader is begun anew, with a variable in its place. */
export class UniformWritten extends Error {
  readonly uniform: string;

  constructor(uniform: string) {
    super(`${uniform} is written`);
    this.uniform = uniform;
  }
}

export class Module {
  readonly names = new Names();
  readonly globals = new Scope();
  /** Names of MilkDrop's that are used, by what has to be done for them. */
  readonly textures = new Set<string>();
  readonly texsizes = new Set<string>();
  readonly stageGlobals = new Set<string>();
  readonly rotations = new Set<string>();
  /** Uniforms that are variables here. */
  readonly copies: ReadonlySet<string>;
  /** Structures and globals, in order. */
  readonly declarations: string[] = [];
  readonly functions: string[] = [];
  /** What globals are set to when the body starts: GLSL wants constants for initial values. */
  readonly assignments: string[] = [];
  readonly #helpers = new Set<string>();
  /** Of the preset's source, for messages. */
  line = 0;

  constructor(copies: ReadonlySet<string>) {
    this.copies = copies;
  }

  get helpers(): string[] {
    return [...this.#helpers];
  }

  /** Adds a function of ours, once. */
  helper(definition: string): void {
    this.#helpers.add(definition);
  }

  fail(message: string): never {
    throw new ShaderError("parse", `line ${this.line}: ${message}`);
  }
}
