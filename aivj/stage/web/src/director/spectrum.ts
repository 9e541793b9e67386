// How the power of a window of samples is spread over frequencies.

export interface BandHz {
  readonly lowHz: number;
  /** Not in the band itself. */
  readonly highHz: number;
}

/** A radix-2 FFT of real samples under a Hann window. */
export class Spectrum {
  /** Power of each bin; the sum over a band is the mean square of what sounds in it. */
  readonly power: Float64Array;
  readonly #size: number;
  readonly #sampleRateHz: number;
  readonly #window: Float64Array;
  readonly #order: Uint32Array;
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;

  /** `size` is the number of samples in a window, a power of two. */
  constructor(size: number, sampleRateHz: number) {
    if (size < 4 || !Number.isInteger(Math.log2(size))) {
      throw new Error(`a window has a power of two of samples, not ${size}`);
    }
    this.#size = size;
    this.#sampleRateHz = sampleRateHz;
    this.power = new Float64Array(size / 2 + 1);
    this.#window = Float64Array.from({ length: size }, (_, n) => {
      return 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size);
    });
    this.#order = bitReversed(size);
    const angle = (n: number) => (2 * Math.PI * n) / size;
    this.#cosines = Float64Array.from({ length: size / 2 }, (_, n) => Math.cos(angle(n)));
    this.#sines = Float64Array.from({ length: size / 2 }, (_, n) => -Math.sin(angle(n)));
    this.#real = new Float64Array(size);
    this.#imaginary = new Float64Array(size);
  }

  /** Measures a window of samples, each -1 to 1. */
  measure(samples: Float64Array): void {
    this.#load(samples);
    for (let half = 1; half < this.#size; half *= 2) this.#combine(half);
    // The Hann window keeps 3/8 of the power, and the other half lies at negative frequencies.
    const scale = 2 / (0.375 * this.#size ** 2);
    for (let bin = 0; bin < this.power.length; bin++) {
      this.power[bin] = scale * (at(this.#real, bin) ** 2 + at(this.#imaginary, bin) ** 2);
    }
  }

  /** Root mean square of what sounds in a band. */
  rmsOf(band: BandHz): number {
    const [start, end] = this.#binsOf(band);
    let sum = 0;
    for (let bin = start; bin < end; bin++) sum += at(this.power, bin);
    return Math.sqrt(sum);
  }

  /** First bin of a band, and the first behind it. A bin reaches half its width to both sides. */
  #binsOf({ lowHz, highHz }: BandHz): [start: number, end: number] {
    const binOf = (frequencyHz: number) =>
      Math.round((frequencyHz * this.#size) / this.#sampleRateHz);
    const start = Math.min(Math.max(1, binOf(lowHz)), this.power.length - 1);
    return [start, Math.min(Math.max(start + 1, binOf(highHz)), this.power.length)];
  }

  #load(samples: Float64Array): void {
    for (let n = 0; n < this.#size; n++) {
      const from = at(this.#order, n);
      this.#real[n] = (samples[from] ?? 0) * at(this.#window, from);
    }
    this.#imaginary.fill(0);
  }

  /** Joins transforms of `half` samples to those of twice as many. */
  #combine(half: number): void {
    const stride = this.#size / 2 / half;
    for (let start = 0; start < this.#size; start += 2 * half) {
      for (let n = 0; n < half; n++) this.#butterfly(start + n, start + n + half, n * stride);
    }
  }

  #butterfly(even: number, odd: number, turn: number): void {
    const real = this.#real;
    const imaginary = this.#imaginary;
    const cosine = at(this.#cosines, turn);
    const sine = at(this.#sines, turn);
    const re = at(real, odd) * cosine - at(imaginary, odd) * sine;
    const im = at(real, odd) * sine + at(imaginary, odd) * cosine;
    real[odd] = at(real, even) - re;
    imaginary[odd] = at(imaginary, even) - im;
    real[even] = at(real, even) + re;
    imaginary[even] = at(imaginary, even) + im;
  }
}

function bitReversed(size: number): Uint32Array {
  const numBits = Math.log2(size);
  return Uint32Array.from({ length: size }, (_, n) => {
    let reversed = 0;
    for (let bit = 0; bit < numBits; bit++) reversed |= ((n >> bit) & 1) << (numBits - 1 - bit);
    return reversed;
  });
}

/** An element that is known to be there. */
function at(values: Float64Array | Uint32Array, index: number): number {
  return values[index] as number;
}
