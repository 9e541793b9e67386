// Keys.

export type Action =
  | "next"
  | "hold"
  | "favourite"
  | "random"
  | "auto"
  | "play"
  | "opacity-up"
  | "opacity-down"
  | "overlay"
  | "library"
  | "sound"
  | "look"
  | "help"
  | "fullscreen"
  | "close";

/** By `KeyboardEvent.key`, letters in lower case. */
const ACTIONS: Readonly<Record<string, Action>> = {
  n: "next",
  " ": "next",
  arrowright: "next",
  h: "hold",
  f: "favourite",
  r: "random",
  a: "auto",
  p: "play",
  arrowup: "opacity-up",
  arrowdown: "opacity-down",
  o: "overlay",
  l: "library",
  s: "sound",
  k: "look",
  "?": "help",
  enter: "fullscreen",
  escape: "close",
};

/** What holding the key down repeats. */
const REPEATED: readonly Action[] = ["opacity-up", "opacity-down"];

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "repeat">;

/** What a key asks for; null when it is not for us. `focused` has the focus. */
export function actionOf(press: Press, focused: Focused | null): Action | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const action = ACTIONS[press.key.toLowerCase()] ?? null;
  if (action === null || action === "close") return action;
  if (press.repeat && !REPEATED.includes(action)) return null;
  return focused !== null && uses(focused, press.key) ? null : action;
}

type Focused = { readonly tagName: string; readonly type?: string };

/** Whether an element has a use of its own for a key. */
function uses({ tagName, type = "" }: Focused, key: string): boolean {
  if (tagName === "SELECT") return true;
  if (tagName === "INPUT" && type === "range") return key.startsWith("Arrow");
  if (tagName === "INPUT" && type !== "checkbox") return true;
  const pressable = tagName === "BUTTON" || tagName === "A" || tagName === "INPUT";
  return pressable && (key === " " || key === "Enter");
}

export function listenToKeys(perform: (action: Action) => void): void {
  document.addEventListener("keydown", (event) => {
    const action = actionOf(event, document.activeElement);
    if (action === null) return;
    event.preventDefault();
    perform(action);
  });
}
