// A library of single presets: what its manifest lists.

import { isName, isObject } from "../ground/json.ts";

const LIBRARY_MANIFEST = "library-manifest.json";

export interface LibraryPreset {
  readonly id: string;
  readonly label: string;
  readonly url: string;
}

export function libraryManifestUrl(library: string): string {
  return `/presets/${encodeURIComponent(library)}/${LIBRARY_MANIFEST}`;
}

/** The presets of a library; null when there is no usable manifest. */
export async function loadLibrary(library: string): Promise<readonly LibraryPreset[] | null> {
  try {
    const response = await fetch(libraryManifestUrl(library), { cache: "no-store" });
    return response.ok ? parseLibrary(await response.json()) : null;
  } catch {
    return null;
  }
}

/** Null when nothing can be played. Entries without id or address are left out. */
export function parseLibrary(document: unknown): readonly LibraryPreset[] | null {
  if (!isObject(document) || !Array.isArray(document.presets)) return null;
  const presets = document.presets.flatMap((entry: unknown) => {
    if (!isObject(entry) || !isName(entry.id) || !isName(entry.url)) return [];
    const { id, label, url } = entry;
    return [{ id, label: (isName(label) ? label : id).replace(/\.milk$/i, ""), url }];
  });
  return presets.length > 0 ? presets : null;
}
