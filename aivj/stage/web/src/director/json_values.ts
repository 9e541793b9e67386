// What a piece of JSON from elsewhere is.

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
