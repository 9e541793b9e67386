// Runs equations as a preset's per-frame code.

import { MATH } from "../../../aivj/stage/web/src/equations/library.ts";
import { compileEquations, type Equations } from "../../../aivj/stage/web/src/equations/module.ts";

export type Pool = Record<string, WebAssembly.Global<"f64">>;

/** Variables that can be set and read from outside. */
export function pool(...names: string[]): Pool {
  const make = () => new WebAssembly.Global<"f64">({ value: "f64", mutable: true }, 0);
  return Object.fromEntries(names.map((name) => [name, make()]));
}

/** The functions of a preset's equations. */
export function functionsOf(
  pools: Record<string, Pool>,
  functions: Equations["functions"],
  eelVersion = 2,
): (name: string) => number | undefined {
  const module = new WebAssembly.Module(compileEquations({ pools, functions, eelVersion }));
  const { exports } = new WebAssembly.Instance(module, { ...pools, math: MATH });
  return (name) => (exports[name] as () => number | undefined)();
}

/** Runs a block so many times; returns what is in `x` then. */
export function run(code: string, times = 1, eelVersion = 2): number {
  const variables = pool("x", "q1");
  const call = functionsOf(
    { perFrame: variables },
    { perFrame: { pool: "perFrame", code } },
    eelVersion,
  );
  for (let time = 0; time < times; time++) call("perFrame");
  return variables.x?.value as number;
}
