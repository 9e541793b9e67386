// Which entries of a manifest can be used. The rules are those of `aivj/contracts/pair_faults.py`.

import { isObject } from "../ground/json.ts";

/** What keeps an entry from being used; null if nothing does. */
export function entryFault(entry: unknown, pack: string): string | null {
  if (!isObject(entry)) return "it is no object";
  if (idOf(entry) === null) return "it has no id that is a whole number";
  for (const name of ["fgUrl", "bgUrl"]) {
    const url = entry[name];
    const fault = typeof url === "string" ? urlFault(url, pack) : "is no text";
    if (fault !== null) return `${name} ${fault}`;
  }
  return null;
}

/** The id of an entry; null if it has none. */
export function idOf(entry: unknown): number | null {
  const id = isObject(entry) ? entry.pair : null;
  return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : null;
}

const MAX_NAME_BYTES = 255;

function urlFault(url: string, pack: string): string | null {
  // A pack's name stands there as it is, or encoded.
  const folder = `/presets/${pack}/`;
  const isPlain = url.startsWith(folder);
  const path = decodedOrNull(isPlain ? url.slice(folder.length) : url);
  if (path === null || /[\ud800-\udfff]/u.test(path)) return "cannot be decoded";
  if (!(isPlain || path.startsWith(folder))) return "does not lie in the pack";
  const steps = (isPlain ? path : path.slice(folder.length)).split("/");
  if (steps.some((step) => ["", ".", ".."].includes(step) || /[\\\0]/.test(step))) {
    return "does not lie in the pack";
  }
  if (steps.some((step) => new TextEncoder().encode(step).length > MAX_NAME_BYTES)) {
    return "has too long a name";
  }
  // As they stand they end the path; written %3F and %23 they belong to a file's name.
  const ends = /[?#]/.test(isPlain ? url.slice(folder.length) : url);
  return ends ? "has a '?' or '#'" : null;
}

function decodedOrNull(url: string): string | null {
  try {
    return decodeURIComponent(url);
  } catch {
    return null;
  }
}
