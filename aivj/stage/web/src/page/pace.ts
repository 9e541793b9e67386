// Work in slices, each in a moment when no frame waits for it.

/** Thrown where work ends that nobody wants any more. */
export class Superseded extends Error {
  constructor() {
    super("something else was asked for");
  }
}

/** A busy page has no idle moments; the work still goes on. */
const LONGEST_WAIT_MS = 120;

export class Pace {
  #hurried: boolean;
  #cancelled = false;
  #goOn: () => void = () => {};
  #waitedMs = 0;

  private constructor(hurried: boolean) {
    this.#hurried = hurried;
  }

  /** For what somebody waits for. */
  static hurried(): Pace {
    return new Pace(true);
  }

  /** For what is done ahead. */
  static leisurely(): Pace {
    return new Pace(false);
  }

  /** How long slices waited for each other. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** From now on slices follow each other at once. */
  hurry(): void {
    this.#hurried = true;
    this.#goOn();
  }

  /** The next slice throws `Superseded` instead. */
  cancel(): void {
    this.#cancelled = true;
    this.#goOn();
  }

  /** Call it between two slices. */
  async turn(): Promise<void> {
    if (!this.#hurried && !this.#cancelled) await this.#idle();
    if (this.#cancelled) throw new Superseded();
  }

  /** Waits until `isDone`, a look each frame. */
  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      await this.#wait((goOn) => setTimeout(goOn, 4));
      if (this.#cancelled) throw new Superseded();
    }
  }

  async #idle(): Promise<void> {
    await this.#wait((goOn) => {
      this.#goOn = goOn;
      requestIdleCallback(goOn, { timeout: LONGEST_WAIT_MS });
    });
  }

  async #wait(schedule: (goOn: () => void) => void): Promise<void> {
    const startedMs = performance.now();
    await new Promise<void>(schedule);
    this.#waitedMs += performance.now() - startedMs;
  }
}
