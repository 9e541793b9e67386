// A module of WebAssembly for the equations of one preset.

import { assemble, type ModuleFunction } from "./assembly.ts";
import { Code, I32, OP } from "./code.ts";
import { type Context, contextOf, isExtraQ, isShared, OF_AN_INSTANCE } from "./contexts.ts";
import { STEPS_A_FRAME, stepsOf } from "./cost.ts";
import { emit } from "./emitter.ts";
import { IMPORTS, LIBRARY, type LibraryFunction, MATH } from "./library.ts";
import { MEMORY_LIBRARY } from "./memory.ts";
import { parse } from "./parser.ts";
import type { Script } from "./syntax.ts";

/** Variables that Butterchurn sets and reads, by the name of their pool. */
type Pools = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A preset's equations, as Butterchurn hands them over. */
export interface Equations {
  pools: Pools;
  /** Blocks by the name of the function that each becomes. */
  functions: Readonly<Record<string, { pool: string; code: string }>>;
  /** 1 for presets of MilkDrop 1. */
  eelVersion?: number;
}

interface Block {
  name: string;
  pool: string;
  context: Context;
  script: Script;
}

/** The function that says whether something was left out. */
const CUT_OFF = "wasCutOff";
const SHAPE_POOL = /^shapePerFrame(?=\d)/;
const NO_VALUES = { takes: [], returns: [] };

/** The module's global variables: those of the pools first, which it imports. */
class Globals {
  readonly imported: [pool: string, name: string][] = [];
  readonly own: (number | null)[] = [];
  readonly #indices = new Map<string, number>();

  import(pool: string, name: string): void {
    if (this.#indices.has(`${pool}.${name}`)) return;
    this.#indices.set(`${pool}.${name}`, this.imported.length);
    this.imported.push([pool, name]);
  }

  /** Index of a variable; one that was not imported is made when it is first asked for. */
  of(space: string, name: string, first: number | null = null): number {
    const key = `${space}.${name}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.imported.length + this.own.push(first) - 1;
      this.#indices.set(key, index);
    }
    return index;
  }
}

class ModuleBuilder {
  readonly #pools: Pools;
  readonly #wholeRandom: boolean;
  readonly #blocks: readonly Block[];
  readonly #globals = new Globals();
  readonly #functions: ModuleFunction[] = [];
  readonly #indices = new Map(IMPORTS.map(([name], index) => [name as string, index]));
  readonly #buffers = new Map<string, number>();
  readonly #extraQs: readonly string[];

  constructor({ pools, functions, eelVersion }: Equations) {
    this.#pools = pools;
    this.#wholeRandom = eelVersion === 1;
    this.#blocks = Object.entries(functions).map(([name, { pool, code }]) => {
      return { name, pool, context: contextOf(name), script: parse(code) };
    });
    const names = this.#blocks.flatMap(({ script }) => [...script.names]);
    this.#extraQs = [...new Set(names.filter(isExtraQ))];
    for (const block of this.#blocks) {
      for (const name of block.script.names) {
        if (this.#isInPool(block, name)) this.#globals.import(block.pool, name);
      }
    }
    for (const pool of this.#shapePools()) {
      for (const name of this.#ofAnInstance(pool)) this.#globals.import(pool, name);
    }
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const hasMemory = this.#blocks.some(({ script }) => script.usesMemory);
    this.#addLibrary(LIBRARY);
    if (hasMemory) this.#addLibrary(MEMORY_LIBRARY);
    for (const block of this.#blocks) this.#addBlock(block);
    for (const pool of this.#shapePools()) this.#addSaving(pool);
    const told = new Code().unsigned(0).getGlobal(this.#counters.cutOff).op(OP.end);
    this.#add({ takes: [], returns: [I32], body: told, exportedAs: CUT_OFF });
    return assemble({
      importedFunctions: IMPORTS,
      importedGlobals: this.#globals.imported,
      functions: this.#functions,
      globals: this.#globals.own,
      hasMemory,
    });
  }

  /** What the steps of a frame are counted with. */
  get #counters(): { stepsLeft: number; cutOff: number } {
    return {
      stepsLeft: this.#globals.of("module", "steps left", STEPS_A_FRAME),
      cutOff: this.#globals.of("module", "cut off", 0),
    };
  }

  #isInPool({ pool, context }: Block, name: string): boolean {
    const known = Object.hasOwn(this.#pools[pool] ?? {}, name);
    return known && context.knows(name) && !isShared(name);
  }

  /** Pools of the shapes that are drawn. */
  #shapePools(): string[] {
    const pools = this.#blocks.map(({ pool }) => pool).filter((pool) => SHAPE_POOL.test(pool));
    return [...new Set(pools)].filter((pool) => Object.hasOwn(this.#pools, pool));
  }

  #ofAnInstance(pool: string): string[] {
    return OF_AN_INSTANCE.filter((name) => Object.hasOwn(this.#pools[pool] ?? {}, name));
  }

  #function(name: string): number {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`expected a function of the library, got '${name}'`);
    return index;
  }

  #add(function_: ModuleFunction): number {
    return IMPORTS.length + this.#functions.push(function_) - 1;
  }

  #addLibrary(library: Readonly<Record<string, LibraryFunction>>): void {
    const surroundings = {
      function: (name: string) => this.#function(name),
      ...this.#counters,
    };
    for (const [name, { takes, returns, locals, write }] of Object.entries(library)) {
      const body = new Code().unsigned(locals.length);
      for (const type of locals) body.unsigned(1).op(type);
      write(body, surroundings);
      this.#indices.set(name, this.#add({ takes, returns, body: body.op(OP.end) }));
    }
  }

  #addBlock(block: Block): void {
    const { name, pool, context, script } = block;
    const copies = this.#copies(context);
    const beginsFrame = name === "presetInit" || name === "perFrame";
    // Butterchurn does without functions that do nothing. What begins a frame is needed all the same.
    if (script.body.length === 0 && !beginsFrame && copies.before.length === 0) return;
    const space = (name: string) =>
      isShared(name) ? "shared" : this.#isInPool(block, name) ? pool : context.name;
    const code = emit(script, {
      function: (name) => this.#function(name),
      ...this.#counters,
      global: (name) => this.#globals.of(space(name), name),
      buffer: this.#buffer(context.name),
      wholeRandom: this.#wholeRandom,
      beginning: (code) => {
        if (beginsFrame) code.i32(STEPS_A_FRAME).setGlobal(this.#counters.stepsLeft);
        this.#charge(code, script);
        this.#copy(code, copies.before);
      },
    });
    this.#copy(code, copies.after);
    this.#add({ ...NO_VALUES, body: code.op(OP.end), exportedAs: name });
  }

  /** Counts a block's own steps, and passes it over when there are none left. */
  #charge(code: Code, script: Script): void {
    const { stepsLeft, cutOff } = this.#counters;
    code.getGlobal(stepsLeft).i32(1).op(OP.i32LtS).if();
    code.i32(1).setGlobal(cutOff).op(OP.return, OP.end);
    code.getGlobal(stepsLeft).i32(stepsOf(script.body)).op(OP.i32Sub).setGlobal(stepsLeft);
  }

  /** Number of a context's own buffer; 0 is the one that all share. */
  #buffer(context: string): number {
    const buffer = this.#buffers.get(context) ?? this.#buffers.size + 1;
    this.#buffers.set(context, buffer);
    return buffer;
  }

  /** What is done with q33 to q64 around a block: pairs of spaces, from and to. */
  #copies({ extraQs }: Context): Record<"before" | "after", (readonly [string, string])[]> {
    if (this.#extraQs.length === 0) return { before: [], after: [] };
    switch (extraQs) {
      case "keepAsInit":
        return { before: [], after: [["shared", "after init"]] };
      case "initToFrame":
        return { before: [["after init", "shared"]], after: [["shared", "after frame"]] };
      case "fromFrame":
        return { before: [["after frame", "shared"]], after: [] };
      default:
        return { before: [], after: [] };
    }
  }

  #copy(code: Code, copies: readonly (readonly [string, string])[]): void {
    for (const [from, to] of copies) {
      for (const name of this.#extraQs) {
        code.getGlobal(this.#globals.of(from, name)).setGlobal(this.#globals.of(to, name));
      }
    }
  }

  /** Functions that keep what an instance of a shape begins with, and bring it back. */
  #addSaving(pool: string): void {
    const [save, restore] = [new Code().unsigned(0), new Code().unsigned(0)];
    for (const name of this.#ofAnInstance(pool)) {
      const [now, kept] = [this.#globals.of(pool, name), this.#globals.of(`kept ${pool}`, name)];
      save.getGlobal(now).setGlobal(kept);
      restore.getGlobal(kept).setGlobal(now);
    }
    const shape = pool.replace(SHAPE_POOL, "shape");
    this.#add({ ...NO_VALUES, body: save.op(OP.end), exportedAs: `${shape}_save` });
    this.#add({ ...NO_VALUES, body: restore.op(OP.end), exportedAs: `${shape}_restore` });
  }
}

/** Bytes of the module for `equations`. Throws `EquationError` if a block cannot be read. */
export function compileEquations(equations: Equations): Uint8Array<ArrayBuffer> {
  return new ModuleBuilder(equations).bytes();
}

/** Modules by the pools that they work on, which Butterchurn keeps. */
const loaded = new WeakMap<Pools, WebAssembly.Instance>();

/** The module that was compiled last: presets are often made ready twice in a row. */
let last: { readonly key: string; readonly module: Promise<WebAssembly.Module> } | null = null;

function compiled(equations: Equations): Promise<WebAssembly.Module> {
  const { pools, functions, eelVersion } = equations;
  const names = Object.entries(pools).map(([pool, variables]) => [pool, Object.keys(variables)]);
  const key = JSON.stringify([eelVersion, functions, names]);
  if (last?.key !== key) {
    last = { key, module: WebAssembly.compile(compileEquations(equations)) };
  }
  return last.module;
}

/** What Butterchurn calls to have the equations of a preset made ready; see build.mjs. */
export async function loadModule(equations: Equations): Promise<WebAssembly.Instance> {
  const { pools } = equations;
  const imports = { ...pools, math: MATH } as WebAssembly.Imports;
  const instance = await WebAssembly.instantiate(await compiled(equations), imports);
  loaded.set(pools, instance);
  return instance;
}

/** Whether code that works on these pools was left out, in any frame, for want of steps. */
export function wasCutOff(pools: Pools): boolean {
  const told = loaded.get(pools)?.exports[CUT_OFF] as (() => number) | undefined;
  return told?.() === 1;
}
