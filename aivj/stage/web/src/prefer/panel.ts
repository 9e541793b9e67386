// Everything on the page but the pictures.

import { element } from "../page/elements.ts";
import type { Answer, State } from "./api.ts";
import type { View } from "./judging.ts";

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

type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey">;

/** What a key asks for; null if nothing, or something of the browser's. */
export function actionOf({ key, ctrlKey, altKey, metaKey }: Key): Action | null {
  if (ctrlKey || altKey || metaKey) return null;
  return ACTIONS[key.toLowerCase()] ?? null;
}

type Status = "busy" | "ready" | "ended" | "stopped";

export class Panel implements View {
  readonly #who = element("who", HTMLElement);
  readonly #progress = element("progress", HTMLElement);
  readonly #certainty = element("certainty", HTMLElement);
  readonly #notice = element("notice", HTMLElement);
  readonly #buttons = [...document.querySelectorAll<HTMLButtonElement>("button[data-action]")];

  /** `onAction` is told which button was clicked. */
  listen(onAction: (action: Action) => void): void {
    for (const button of this.#buttons) {
      button.addEventListener("click", () => onAction(button.dataset.action as Action));
    }
  }

  busy(answer: Answer | null): void {
    this.#set("busy", answer);
  }

  ready(state: State): void {
    this.#set("ready");
    this.#show(state);
  }

  end(state: State | null): void {
    this.#set(state === null ? "stopped" : "ended");
    if (state !== null) this.#show(state);
  }

  say(notice: string): void {
    this.#notice.textContent = notice;
  }

  /** There was a click or a key, after which browsers let a page be heard. */
  soundBegan(): void {
    document.body.dataset.sound = "begun";
  }

  /** Says on the buttons what they would do now. */
  showSound({ isPaused, isMuted }: { isPaused: boolean; isMuted: boolean }): void {
    document.body.dataset.paused = String(isPaused);
    this.#label("pause", isPaused ? "Go on" : "Pause");
    this.#label("mute", isMuted ? "Sound on" : "Mute");
  }

  #show(state: State): void {
    document.title = `${state.pack}: which is better?`;
    this.#who.textContent = `Pack ${state.pack}, judged by ${state.by}`;
    this.#progress.textContent = progressText(state);
    const share = 2 * state.orderCertainty01 - 1;
    this.#certainty.style.setProperty("--share", share.toFixed(3));
    this.#button("undo").disabled = !state.canUndo;
  }

  #set(status: Status, answer: Answer | null = null): void {
    document.body.dataset.status = status;
    document.body.dataset.answer = answer ?? "none";
  }

  #label(action: Action, text: string): void {
    const label = this.#button(action).querySelector("span");
    if (label !== null) label.textContent = text;
  }

  #button(action: Action): HTMLButtonElement {
    const found = this.#buttons.find((button) => button.dataset.action === action);
    if (found === undefined) throw new Error(`the page has no button for ${action}`);
    return found;
  }
}

export function progressText({ numComparisons, numToday, orderCertainty01 }: State): string {
  const comparisons = numComparisons === 1 ? "1 comparison" : `${numComparisons} comparisons`;
  const sure = `order ${Math.round(100 * orderCertainty01)} % sure`;
  return [comparisons, `${numToday} by you today`, sure].join(" · ");
}
