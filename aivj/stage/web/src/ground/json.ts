// JSON from elsewhere: from beside the page, from its local storage; and what a piece of it is.

/** `fetch`, or what stands in for it. */
export type Fetch = (
  url: string,
  options: { cache: "no-store"; signal: AbortSignal },
) => Promise<Pick<Response, "ok" | "json">>;

const TIMEOUT_MS = 15_000;

/** The document at `url`; null when it is missing, broken or late. */
export async function fetchedJson(url: string, fetch: Fetch): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { cache: "no-store", signal });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

export type Store = Pick<Storage, "getItem" | "setItem">;

/** The document under a key; null when there is none, it is broken, or storage is refused. */
export function readKept(store: Store, key: string): unknown {
  try {
    return JSON.parse(store.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** Keeps a document. When storage is full or refused the show goes on without. */
export function keep(store: Store, key: string, document: object): void {
  try {
    store.setItem(key, JSON.stringify(document));
  } catch (error) {
    console.warn(`[aivj] ${key} is not kept`, error);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Text that says something. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** What of a list is text; nothing when it is no list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
