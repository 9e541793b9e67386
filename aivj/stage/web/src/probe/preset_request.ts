// What programs say of a preset, and the preset that they mean.

import { type Converted, convertedFrom, loadPreset, PageFault } from "../page/converted.ts";

/** One of the three must be given; the first that is counts. */
export interface PresetRequest {
  /** A preset that is converted already, as the converter makes it. */
  readonly preset?: object;
  /** Text of a `.milk` file. */
  readonly presetData?: string;
  /** Address of one that the server has, `/presets/...`. */
  readonly url?: string;
  readonly width?: number;
  readonly height?: number;
  /** Longest time for everything, in ms. */
  readonly timeoutMs?: number;
}

type Stage = "load" | "warmup" | "measure" | "capture" | "done";

declare global {
  /** Programs that want to know how far it is bind it. */
  var __nw_reportProgress: ((progress: { stage: Stage; url: string }) => unknown) | undefined;
}

export function report(stage: Stage, { url = "" }: PresetRequest): void {
  globalThis.__nw_reportProgress?.({ stage, url });
}

/** Rejects with `PageFault` when there is none, else with why it is no preset. */
export async function presetOf(request: PresetRequest): Promise<object> {
  const { preset, presetData, url } = request;
  if (preset !== undefined) return preset;
  if (presetData !== undefined) return (await convert(presetData, url ?? "the preset")).preset;
  if (url === undefined) throw new PageFault("neither preset, presetData nor url was given");
  return (await loadPreset(url)).preset;
}

async function convert(text: string, name: string): Promise<Converted> {
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await fetch("/converted", {
    method: "POST",
    headers,
    body: bytesOf(text),
  }).catch((error) => {
    throw new PageFault(String(error));
  });
  if (!response.ok) throw new PageFault(`${name} cannot be converted (HTTP ${response.status})`);
  return convertedFrom(await response.json(), name);
}

/** The converter reads Latin-1. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const isLatin1 = [...text].every((character) => (character.codePointAt(0) ?? 0) < 256);
  if (!isLatin1) return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
