// The style index: which cluster a preset belongs to, and how much it moves.

import { type Fetch, fetchedJson, isName, isObject, textsOf } from "../ground/json.ts";

export const ENERGIES = ["calm", "groove", "peak"] as const;
export type Energy = (typeof ENERGIES)[number];

export interface StyleEntry {
  /** Id in the library's manifest. */
  readonly presetId: string;
  /** Author in v0, cluster in v1. */
  readonly authorKey: string;
  readonly energy: Energy;
  readonly tags: readonly string[];
}

const MANIFEST_NAME = "library-manifest.json";

/** Newest first: the order in which they are tried. */
const INDEX_VERSIONS = ["v1", "v0"] as const;
type IndexVersion = (typeof INDEX_VERSIONS)[number];

export interface StyleIndex {
  readonly version: IndexVersion;
  /** Valid ones only; may be none. */
  readonly entries: readonly StyleEntry[];
  /** What clusters are called, by `authorKey`; those that have no name of their own are not there. */
  readonly names: ReadonlyMap<string, string>;
}

/** What is learned about presets is learned about their arm: cluster and energy. */
export function armOf({ authorKey, energy }: Pick<StyleEntry, "authorKey" | "energy">): string {
  return `${authorKey}:${energy}`;
}

/**
 * The index in a document; null when it is not valid as a whole.
 *
 * Valid is one of the version that its file name says, with a list of entries that is empty or has a
 * valid one. Of a valid index the entries that are not valid are left out.
 */
export function parseStyleIndex(document: unknown, version: IndexVersion): StyleIndex | null {
  if (!isObject(document) || document.version !== version) return null;
  if (!Array.isArray(document.entries)) return null;
  const entries = document.entries.map(parseEntry).filter((entry) => entry !== null);
  if (entries.length === 0 && document.entries.length > 0) return null;
  return { version, entries, names: namesOf(document.clusters) };
}

/** The newest valid index beside a library's manifest; null when there is none. */
export async function loadStyleIndex(
  manifestUrl: string,
  fetch: Fetch,
): Promise<StyleIndex | null> {
  for (const version of INDEX_VERSIONS) {
    const url = besideManifest(manifestUrl, `aivj-style-index.${version}.json`);
    const index = parseStyleIndex(await fetchedJson(url, fetch), version);
    if (index !== null) return index;
  }
  return null;
}

/** The URL of a file next to a library's manifest, whose query is kept. */
export function besideManifest(manifestUrl: string, fileName: string): string {
  const [path = ""] = manifestUrl.split("?", 1);
  const query = manifestUrl.slice(path.length);
  const folder = path.endsWith(MANIFEST_NAME) ? path.slice(0, -MANIFEST_NAME.length) : `${path}/`;
  return folder.replace(/\/+$/, "/") + fileName + query;
}

function namesOf(clusters: unknown): Map<string, string> {
  const names = new Map<string, string>();
  for (const cluster of Array.isArray(clusters) ? clusters : []) {
    if (!isObject(cluster)) continue;
    const { id, label } = cluster;
    if (isName(id) && isName(label) && label !== id) names.set(id, label);
  }
  return names;
}

function parseEntry(entry: unknown): StyleEntry | null {
  if (!isObject(entry)) return null;
  const { presetId, authorKey, energy, tags } = entry;
  if (!isName(presetId) || !isName(authorKey) || !isEnergy(energy)) return null;
  return { presetId, authorKey, energy, tags: textsOf(tags) };
}

function isEnergy(value: unknown): value is Energy {
  return ENERGIES.some((energy) => energy === value);
}
