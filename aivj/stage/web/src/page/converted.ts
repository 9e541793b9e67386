// Presets as the page can draw them; the server converts, since a page cannot convert shaders.

import { messageOf } from "../ground/errors.ts";

export interface Converted {
  /** As Butterchurn takes it. */
  readonly preset: object;
  /** Why it will not look as its author meant; empty if it will. */
  readonly degradedReasons: readonly string[];
}

/** Something failed that is no fault of the preset's: the server, the network, the GPU. */
export class PageFault extends Error {}

/** The Butterchurn preset for a pack's `.milk` file. Rejects with `PageFault` without an answer. */
export async function loadPreset(url: string): Promise<Converted> {
  const response = await fetch(`/converted${fetchable(url)}`).catch((error) => {
    throw new PageFault(`${url}: ${messageOf(error)}`);
  });
  if (!response.ok) throw new PageFault(`${url} cannot be converted (HTTP ${response.status})`);
  return convertedFrom(await response.json(), url);
}

/** The preset in the server's answer; `name` is what it is called in an error. */
export function convertedFrom(answer: unknown, name: string): Converted {
  const { butterchurn: preset = {}, degradedReasons = [] } = answer as {
    butterchurn?: object;
    degradedReasons?: string[];
  };
  if (Object.keys(preset).length === 0) {
    throw new Error(`${name} holds no preset: ${degradedReasons.join("; ")}`);
  }
  return { preset, degradedReasons };
}

/** Manifests write addresses as they stand: what would end the path is escaped, escapes stay. */
export function fetchable(url: string): string {
  return url
    .replace(/%(?![0-9a-fA-F]{2})/g, "%25")
    .replace(/#/g, "%23")
    .replace(/\?/g, "%3F");
}

/** What a preset is called: its file's name. */
export function presetName(url: string): string {
  const file = url.slice(url.lastIndexOf("/") + 1).replace(/\.milk$/i, "");
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}
