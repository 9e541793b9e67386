// Random numbers of which the next can be known before it is drawn.
//
// What is shown next is made ready ahead, and yet the picks must be those that would have been made
// without looking: looking does not draw.

export class Draws {
  readonly #random: () => number;
  #known: number | null = null;

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  next(): number {
    const number = this.peek();
    this.#known = null;
    return number;
  }

  /** What `next` will give. */
  peek(): number {
    this.#known ??= this.#random();
    return this.#known;
  }
}
