// What the server has: packs, libraries, music.

import { isName, isNumber, isObject } from "../ground/json.ts";
import type { Track } from "./sound/playlist.ts";

interface CataloguedPack {
  readonly name: string;
  /** Null where there is no manifest of pairs. */
  readonly numPairs: number | null;
  /** Null where there is no manifest of single presets. */
  readonly numPresets: number | null;
}

export interface Catalogue {
  readonly packs: readonly CataloguedPack[];
  readonly music: readonly Track[];
}

const CATALOGUE_URL = "/catalogue.json";

/** What is listed; nothing when the server keeps no list. */
export async function fetchCatalogue(): Promise<Catalogue> {
  const response = await fetch(CATALOGUE_URL, { cache: "no-store" }).catch(() => null);
  return parseCatalogue(response?.ok ? await response.json().catch(() => null) : null);
}

export function parseCatalogue(document: unknown): Catalogue {
  const { packs, music } = isObject(document) ? document : {};
  return { packs: listOf(packs).flatMap(parsePack), music: listOf(music).flatMap(parseTrack) };
}

function parsePack(entry: unknown): CataloguedPack[] {
  if (!isObject(entry) || !isName(entry.name)) return [];
  const count = (value: unknown) => (isNumber(value) ? value : null);
  return [
    { name: entry.name, numPairs: count(entry.numPairs), numPresets: count(entry.numPresets) },
  ];
}

function parseTrack(entry: unknown): Track[] {
  if (!isObject(entry) || !isName(entry.name) || !isName(entry.url)) return [];
  return [{ name: entry.name, url: entry.url }];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
