// What making presets ready ahead does and costs, in the form in which the runtime's log tools read it.

import { messageOf } from "../ground/errors.ts";
import { Superseded } from "../page/pace.ts";

interface Batch {
  readonly layers: object;
  readonly report: { readonly totalMs: number | null };
}

/** `name`: of the foreground, or of the only preset. */
export function logBatch(name: string, ready: Promise<Batch>): void {
  ready.then(
    ({ layers, report }) => {
      console.info(`[Preload] batchSize ${Object.keys(layers).length}`);
      console.info(`[Preload] batch done in ${Math.round(report.totalMs ?? 0)}ms`);
    },
    (error) => {
      if (error instanceof Superseded) return;
      console.info(`[Preload] Failed: ${name} (${messageOf(error)})`);
    },
  );
}

/** What is ready, or becomes it, is not made again. */
export function logSkipped(name: string): void {
  console.info(`[Preload] Skip ${name}`);
}

/** Of a frame that was drawn while presets were made ready. */
export function logFrameTime(timeMs: number | null): void {
  if (timeMs !== null) console.debug(`[Preload] frame-time ${Math.round(timeMs)}ms`);
}

/** How eagerly presets are made ready from now on, 0 to 1. */
export function logAggressiveness(aggressiveness01: number): void {
  console.info(`[Preload] aggr=${aggressiveness01}`);
}
