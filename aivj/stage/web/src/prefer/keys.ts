// Which key does what.

import type { Answer } from "./api.ts";

export type Action = Answer | "pause" | "mute";

const ACTIONS: Readonly<Record<string, Action>> = {
  arrowleft: "left",
  arrowright: "right",
  arrowdown: "neither",
  t: "neither",
  s: "skip",
  u: "undo",
  " ": "pause",
  m: "mute",
};

export type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey">;

/** What a key asks for; null if nothing, or something of the browser's. */
export function actionOf({ key, ctrlKey, altKey, metaKey }: Key): Action | null {
  if (ctrlKey || altKey || metaKey) return null;
  return ACTIONS[key.toLowerCase()] ?? null;
}
