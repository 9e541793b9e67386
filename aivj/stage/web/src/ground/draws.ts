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

/** Index drawn in proportion to its weight; uniform when no weight is above 0. */
export function drawIndex(weights: readonly number[], random: () => number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return uniformIndex(weights.length, random);
  let left = random() * total;
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = index;
    left -= weight;
    if (left < 0) break;
  }
  // Rounding may leave a crumb behind the last weight: it counts as part of that weight.
  return last;
}

/** One of `length` indices, all alike. */
export function uniformIndex(length: number, random: () => number): number {
  return Math.floor(random() * length);
}
