// One seeded random stream per layer.
//
// Butterchurn keeps Math.random as it is when its first visualizer is made, and calls it for noise
// textures and start values; equations call it for `rand()`. So Math.random is replaced once, by a
// function that stays, when this module is loaded. Which stream it draws from changes with `drawFrom`.

const STEP = 0x6d2b79f5;

export class RandomStream {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1): Mulberry32, 32 bits of state. */
  next(): number {
    this.#state = (this.#state + STEP) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Leaves out `count` numbers. */
  skip(count: number): void {
    this.#state = (this.#state + Math.imul(count, STEP)) >>> 0;
  }
}

let current = new RandomStream(0);

Math.random = () => current.next();

/** Lets all of Math.random draw from `stream` until the next call. */
export function drawFrom(stream: RandomStream): void {
  current = stream;
}
