// JSON from beside the page, which may be missing or broken.

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
