// What can go wrong with a picture, and whose doing it is.

/** A pair that cannot be drawn. */
export class PairFailure extends Error {
  constructor(
    readonly pair: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** The GPU's doing, and no pair's. */
export class ContextLost extends Error {
  constructor() {
    super("The graphics context was lost: reload the page.");
  }
}
