// Says once that there are controls, when they hide for the first time in a browser.

import type { Store } from "../shuffle.ts";
import { element } from "./elements.ts";

const KEY = "aivj.controlsHinted";
const SHOWN_MS = 7000;

/** What the controls' hiding calls; a program that drives the page needs no hint in its pictures. */
export function hintOnce(store: Store): void {
  const hint = element("first-hint", HTMLElement);
  hint.hidden = navigator.webdriver || store.getItem(KEY) !== null;
  if (hint.hidden) return;
  store.setItem(KEY, "1");
  setTimeout(() => {
    hint.hidden = true;
  }, SHOWN_MS);
}
