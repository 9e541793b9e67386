// Where it is said what the player does.

export interface Status {
  /** Something begins that takes time. */
  work(text: string): void;
  /** It is done. */
  rest(text: string): void;
  /** It did not come to pass; `detail` says what to look at. */
  fail(text: string, detail: string): void;
}
