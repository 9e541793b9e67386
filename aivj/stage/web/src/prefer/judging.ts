// From answer to next couple. Nothing is judged that is not being drawn.

import { messageOf } from "../ground/errors.ts";
import type { Answer, Api, State } from "./api.ts";
import { PairFailure } from "./failures.ts";
import type { Pictures } from "./pictures.ts";

/** What the person sees of it. */
export interface View {
  /** Answers wait: the next couple is being loaded, after `answer` if there was one. */
  busy(answer: Answer | null): void;
  /** Both pictures are drawn. */
  ready(state: State): void;
  /** There is nothing to be judged; `state` is null when the server is not there to tell. */
  end(state: State | null): void;
  /** Something a person should know; empty: nothing any more. */
  say(notice: string): void;
}

type Asked = Pick<Api, "state" | "answer" | "fail">;
type Drawn = Pick<Pictures, "show" | "freeze">;

export class Judging {
  readonly #api: Asked;
  readonly #pictures: Drawn;
  readonly #view: View;
  #state: State | null = null;
  #isWaiting = true;

  constructor(api: Asked, pictures: Drawn, view: View) {
    this.#api = api;
    this.#pictures = pictures;
    this.#view = view;
  }

  /** Shows the first couple. */
  async begin(): Promise<void> {
    await this.#proceed(null, () => this.#api.state());
  }

  /** Says something to the couple on show; ignored while it is not to be seen. */
  async answer(answer: Answer): Promise<void> {
    const state = this.#state;
    if (this.#isWaiting || state === null) return;
    if (answer === "undo" ? !state.canUndo : state.couple === null) return;
    this.#view.say("");
    await this.#proceed(answer, () => this.#taken(answer, state));
  }

  /** The couple on show stopped: it is not judged any more. */
  async onFailure(error: Error): Promise<void> {
    const state = this.#state;
    if (this.#isWaiting || state === null) return;
    await this.#proceed(null, () => this.#without(state, error));
  }

  async #proceed(answer: Answer | null, next: () => Promise<State>): Promise<void> {
    this.#isWaiting = true;
    this.#pictures.freeze();
    this.#view.busy(answer);
    try {
      this.#state = await this.#shown(await next());
    } catch (error) {
      this.#view.say(messageOf(error));
      return this.#view.end(null);
    }
    this.#isWaiting = false;
    if (this.#state.couple === null) this.#view.end(this.#state);
    else this.#view.ready(this.#state);
  }

  /** What comes after an answer; the same again when the server did not take it. */
  async #taken(answer: Answer, state: State): Promise<State> {
    try {
      return await this.#api.answer(answer, state.number);
    } catch (error) {
      this.#view.say(messageOf(error));
      return await this.#api.state();
    }
  }

  /** Shows the couple, or the next one that can be drawn; returns the state it belongs to. */
  async #shown(state: State): Promise<State> {
    if (state.couple === null) return state;
    try {
      await this.#pictures.show(state.couple, state.number);
      return state;
    } catch (error) {
      return await this.#shown(await this.#without(state, error));
    }
  }

  async #without({ number }: State, error: unknown): Promise<State> {
    if (!(error instanceof PairFailure)) throw error;
    this.#view.say(`Pair ${error.pair} cannot be drawn and is left out: ${error.message}`);
    return await this.#api.fail(error.pair, error.message, number);
  }
}
