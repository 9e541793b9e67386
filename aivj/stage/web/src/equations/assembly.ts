// Puts the parts of a module of WebAssembly together.

import { Code, F64, I32, OP } from "./code.ts";
import { PAGES } from "./memory.ts";

/** A function: its type, and its body with local variables and end. */
export interface ModuleFunction {
  takes: readonly number[];
  returns: readonly number[];
  body: Code;
  exportedAs?: string;
}

/** A module's parts. Functions and global variables count from the imported ones on. */
interface ModuleParts {
  /** Each takes so many numbers, and returns one. */
  importedFunctions: readonly (readonly [name: string, takes: number])[];
  /** Numbers that can change. */
  importedGlobals: readonly (readonly [pool: string, name: string])[];
  functions: readonly ModuleFunction[];
  /** First value of each: a whole number or, with `null`, the number 0. */
  globals: readonly (number | null)[];
  hasMemory: boolean;
}

const SECTION = { types: 1, imports: 2, functions: 3, memory: 5, globals: 6, exports: 7, code: 10 };
const FUNCTION = 0x00;
const GLOBAL = 0x03;
const MUTABLE = 0x01;
const MODULE_HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The types that functions have, each once. */
class Types {
  readonly #indices = new Map<string, number>();
  readonly written: Code[] = [];

  index(takes: readonly number[], returns: readonly number[]): number {
    const key = `${takes}>${returns}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.written.length;
      this.#indices.set(key, index);
      const type = new Code().op(0x60).unsigned(takes.length).append(takes);
      this.written.push(type.unsigned(returns.length).append(returns));
    }
    return index;
  }
}

function imports({ importedFunctions, importedGlobals }: ModuleParts, types: Types): Code[] {
  return [
    ...importedGlobals.map(([pool, name]) =>
      new Code().text(pool).text(name).op(GLOBAL, F64, MUTABLE),
    ),
    ...importedFunctions.map(([name, takes]) => {
      const type = types.index(new Array<number>(takes).fill(F64), [F64]);
      return new Code().text("math").text(name).op(FUNCTION).unsigned(type);
    }),
  ];
}

function globals({ globals }: ModuleParts): Code[] {
  return globals.map((value) => {
    const global = new Code().op(value === null ? F64 : I32, MUTABLE);
    return (value === null ? global.f64(0) : global.i32(value)).op(OP.end);
  });
}

function exports({ importedFunctions, functions }: ModuleParts): Code[] {
  return functions.flatMap(({ exportedAs }, at) =>
    exportedAs === undefined
      ? []
      : [
          new Code()
            .text(exportedAs)
            .op(FUNCTION)
            .unsigned(importedFunctions.length + at),
        ],
  );
}

/** The module's bytes. */
export function assemble(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const module = new Code().append(MODULE_HEAD);
  const section = (id: number, entries: readonly Code[]) => {
    if (entries.length === 0) return;
    const content = new Code().unsigned(entries.length);
    for (const entry of entries) content.append(entry.bytes);
    module.op(id).sized(content);
  };
  const types = new Types();
  const imported = imports(parts, types);
  const functions = parts.functions.map(({ takes, returns }) =>
    new Code().unsigned(types.index(takes, returns)),
  );
  const memory = new Code().op(0x01).unsigned(PAGES.initial).unsigned(PAGES.most);
  section(SECTION.types, types.written);
  section(SECTION.imports, imported);
  section(SECTION.functions, functions);
  section(SECTION.memory, parts.hasMemory ? [memory] : []);
  section(SECTION.globals, globals(parts));
  section(SECTION.exports, exports(parts));
  section(
    SECTION.code,
    parts.functions.map(({ body }) => new Code().sized(body)),
  );
  return new Uint8Array(module.bytes);
}
