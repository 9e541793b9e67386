// The server, which holds all state: each request names the couple it is about, each answer is the
// whole state.

/** A pair as the manifest lists it. */
export interface ShownPair {
  readonly pair: number;
  readonly fgUrl: string;
  readonly bgUrl: string;
}

export const SIDES = ["left", "right"] as const;
export type Side = (typeof SIDES)[number];

export type Couple = Readonly<Record<Side, ShownPair>>;

export interface State {
  readonly pack: string;
  readonly by: string;
  /** The couple's number. */
  readonly number: number;
  /** Null when fewer than two pairs can be drawn. */
  readonly couple: Couple | null;
  readonly numComparisons: number;
  readonly numToday: number;
  /** 0.5 when the order is a guess, 1 when it is known. */
  readonly orderCertainty01: number;
  readonly canUndo: boolean;
}

/** What a person can say to a couple. */
export type Answer = Side | "neither" | "skip" | "undo";

const TOKEN_HEADER = "X-AIVJ-Token";
const SERVER_GONE = "The server does not answer: start it again and open the address it prints.";

export class Api {
  readonly #token: string;
  readonly #fetch: typeof fetch;

  /** `token`: what the server handed this run's page. */
  constructor(token: string, fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#token = token;
    this.#fetch = fetcher;
  }

  async state(): Promise<State> {
    return await stateIn(await this.#ask("state"));
  }

  async answer(answer: Answer, number: number): Promise<State> {
    if (answer === "skip" || answer === "undo") return await this.#tell(answer, { number });
    return await this.#tell("judge", { number, better: answer });
  }

  /** Has a pair left out that cannot be drawn. */
  async fail(pair: number, reason: string, number: number): Promise<State> {
    return await this.#tell("fail", { number, pair, reason });
  }

  /** The music, for people. */
  async music(): Promise<ArrayBuffer> {
    return await (await this.#ask("music.wav")).arrayBuffer();
  }

  async #tell(what: string, body: object): Promise<State> {
    return await stateIn(await this.#ask(what, { method: "POST", body: JSON.stringify(body) }));
  }

  /** Rejects with what a person can be told. */
  async #ask(what: string, init: RequestInit = {}): Promise<Response> {
    const headers = { [TOKEN_HEADER]: this.#token };
    const asked = this.#fetch(`/prefer/${what}`, { ...init, headers });
    const response = await asked.catch(() => {
      throw new Error(SERVER_GONE);
    });
    if (!response.ok) throw new Error(await refusalIn(response));
    return response;
  }
}

async function stateIn(response: Response): Promise<State> {
  return await response.json();
}

async function refusalIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return String(JSON.parse(text).error);
  } catch {
    return `The server refused: ${text}`;
  }
}
