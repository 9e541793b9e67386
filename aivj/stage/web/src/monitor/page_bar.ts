// What stands above each page: where one is, and light or dark. The choice holds for all pages.

import { element } from "../page/elements.ts";

const THEME_KEY = "aivj.monitor.theme";
const LIGHT = matchMedia("(prefers-color-scheme: light)");
const root = document.documentElement;

/** Where a server shows the library beside a run; by itself the library is at the root. */
export const LIBRARY_PATH = "/library";

/** Says which of the pages this is; a page that stands alone has no tabs. */
export function wireTabs(isAlone: boolean): void {
  const tabs = element("tabs", HTMLElement);
  tabs.hidden = isAlone;
  for (const tab of tabs.querySelectorAll("a")) {
    if (tab.pathname === location.pathname) tab.ariaCurrent = "page";
  }
}

/** Wires the switch of light and dark; what draws with colours of its own is told of each change. */
export function wireTheme(recolour: () => void = () => {}): void {
  const theme = keptTheme();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  element("theme", HTMLButtonElement).addEventListener("click", () => {
    const isLight =
      root.dataset.theme === undefined ? LIGHT.matches : root.dataset.theme === "light";
    keepTheme(isLight ? "dark" : "light");
    recolour();
  });
  LIGHT.addEventListener("change", recolour);
}

function keepTheme(theme: string): void {
  root.dataset.theme = theme;
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Where storage is refused, the choice lasts as long as the page.
  }
}

function keptTheme(): string | null {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}
