// Two pairs side by side: the same music, the same moments, the same seed.

import { messageOf } from "../ground/errors.ts";
import { MAX_STEP_S } from "../ground/smoothing.ts";
import type { Size } from "../page/picture_size.ts";
import { type Couple, SIDES, type Side } from "./api.ts";
import { ContextLost, PairFailure } from "./failures.ts";
import type { Music } from "./music.ts";
import type { Picture } from "./picture.ts";

export class Pictures {
  readonly #pictures: Readonly<Record<Side, Picture>>;
  readonly #music: Music;
  readonly #size: (side: Side) => Size;
  readonly #onFailure: (error: Error) => void;
  #couple: Couple | null = null;
  #lastMs = 0;

  /** `onFailure` is told when a pair fails while it is drawn; both pictures then stand still. */
  constructor(
    pictures: Readonly<Record<Side, Picture>>,
    music: Music,
    size: (side: Side) => Size,
    onFailure: (error: Error) => void,
  ) {
    this.#pictures = pictures;
    this.#music = music;
    this.#size = size;
    this.#onFailure = onFailure;
    requestAnimationFrame((nowMs) => this.#onFrame(nowMs));
  }

  /** Lets both pictures stand still. */
  freeze(): void {
    this.#couple = null;
  }

  /** Loads a couple, and begins to draw both at once. Rejects with `PairFailure`. */
  async show(couple: Couple, seed: number): Promise<void> {
    this.freeze();
    for (const side of SIDES) {
      const levels = () => this.#music.levels();
      const loading = this.#pictures[side].load(couple[side], this.#size(side), seed, levels);
      await loading.catch((error: unknown) => {
        throw failureOf(couple[side].pair, error);
      });
    }
    this.#couple = couple;
  }

  #onFrame(nowMs: number): void {
    requestAnimationFrame((laterMs) => this.#onFrame(laterMs));
    this.#music.advance(nowMs);
    const elapsedS = Math.min(Math.max(0, nowMs - this.#lastMs) / 1000, MAX_STEP_S);
    this.#lastMs = nowMs;
    if (this.#couple !== null && !this.#music.isPaused) this.#draw(this.#couple, elapsedS);
  }

  #draw(couple: Couple, elapsedS: number): void {
    const levels = this.#music.levels();
    for (const side of SIDES) {
      try {
        this.#pictures[side].draw(levels, elapsedS);
      } catch (error) {
        this.freeze();
        this.#onFailure(failureOf(couple[side].pair, error));
        return;
      }
    }
  }
}

function failureOf(pair: number, error: unknown): Error {
  if (error instanceof ContextLost) return error;
  return new PairFailure(pair, messageOf(error));
}
