// What presets were called before they were copied into a pack.

import { type Fetch, fetchedJson, isName, isObject } from "../ground/json.ts";
import { presetName } from "../page/converted.ts";

const PROVENANCE_NAME = "pack-provenance.json";

/** Names by the address in the pack; a pack that does not tell has its files' names. */
export class Titles {
  readonly #names: ReadonlyMap<string, string>;

  constructor(names: ReadonlyMap<string, string> = new Map()) {
    this.#names = names;
  }

  static async load(pack: string, fetch: Fetch): Promise<Titles> {
    const folder = `/presets/${encodeURIComponent(pack)}/`;
    return new Titles(namesFrom(await fetchedJson(folder + PROVENANCE_NAME, fetch), folder));
  }

  of(url: string): string {
    return this.#names.get(url) ?? presetName(url);
  }
}

/** The names in a provenance file, by address below `folder`. */
export function namesFrom(document: unknown, folder: string): Map<string, string> {
  const names = new Map<string, string>();
  const pairs = isObject(document) && Array.isArray(document.pairs) ? document.pairs : [];
  for (const pair of pairs) {
    for (const origin of isObject(pair) ? [pair.fg, pair.bg] : []) {
      if (!isObject(origin) || !isName(origin.file) || !isName(origin.source)) continue;
      names.set(folder + origin.file, presetName(origin.source.replaceAll("%", "%25")));
    }
  }
  return names;
}
