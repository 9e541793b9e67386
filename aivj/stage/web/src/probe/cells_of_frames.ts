// Frames of one preset shrunk to cells, read when all are there.

import type { StageContext, Target } from "../render/context.ts";
import { CELLS_X, CELLS_Y, Reduction } from "../render/reduction.ts";

export class CellsOfFrames {
  readonly #reduction: Reduction;
  #numFrames = 0;

  constructor(context: StageContext, maxFrames: number) {
    this.#reduction = new Reduction(context.gl, 1, maxFrames);
  }

  add(target: Target): void {
    this.#reduction.add([target]);
    this.#numFrames += 1;
  }

  /** Red, green and blue bytes of each frame. */
  read(): Uint8Array[] {
    if (this.#numFrames === 0) return [];
    const all = this.#reduction.read();
    const size = CELLS_X * CELLS_Y * 3;
    return Array.from({ length: this.#numFrames }, (_, frame) =>
      all.subarray(frame * size, (frame + 1) * size),
    );
  }
}
