// A preset's equations, block by block. One that does not compile is left out, and the rest stays.

import { EquationError } from "../equations/errors.ts";
import { compileEquations } from "../equations/module.ts";
import { type BlockName, isEnabled, type MilkPart } from "./milk.ts";
import type { EquationReport } from "./types.ts";

/** Blocks as a preset's author calls them. */
const OF_THE_PRESET: Readonly<Record<BlockName, string>> = {
  init: "per_frame_init",
  per_frame: "per_frame",
  per_pixel: "per_pixel",
  per_point: "per_point",
};

/** Hands out a preset's blocks of equations, and keeps what is wrong with those it leaves out. */
export class EquationBlocks {
  readonly reports: EquationReport[] = [];

  /** Returns a block's text; empty if there is none, or if what would run does not compile. */
  text(part: MilkPart, name: BlockName): string {
    const text = part.blocks.get(name) ?? "";
    if (part.kind !== "preset" && !isEnabled(part)) return text;
    const wrong = whatIsWrong(text);
    if (wrong === null) return text;
    const block =
      part.kind === "preset" ? OF_THE_PRESET[name] : `${part.kind} ${part.index} ${name}`;
    this.reports.push({ block, ...wrong });
    return "";
  }
}

/** What a reader of the report is told about a block. */
export function equationReason({ block, line, column, text, message }: EquationReport): string {
  const at = text === "" ? "" : ` at '${text}'`;
  return `${block} is left out: line ${line}, column ${column}${at}: ${message}`;
}

function whatIsWrong(code: string): Omit<EquationReport, "block"> | null {
  if (code.trim() === "") return null;
  try {
    const functions = { perFrame: { pool: "", code } };
    if (WebAssembly.validate(compileEquations({ pools: {}, functions }))) return null;
    return { line: 1, column: 1, text: "", message: "it is too large for WebAssembly" };
  } catch (error) {
    if (error instanceof EquationError) return { ...error.place, message: error.message };
    throw error;
  }
}
