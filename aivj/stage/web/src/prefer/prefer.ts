// The page that asks which of two pairs is better.

import { messageOf } from "../ground/errors.ts";
import { element } from "../page/elements.ts";
import { pictureSize, type Size, sizeAsked } from "../page/picture_size.ts";
import { Api, type Side } from "./api.ts";
import { Judging } from "./judging.ts";
import { Music } from "./music.ts";
import { type Action, actionOf, Panel } from "./panel.ts";
import { Picture } from "./picture.ts";
import { Pictures } from "./pictures.ts";

/** A CPU draws two pictures of half the width in the time of one. */
const SHARE_SOFTWARE = 0.5;

const panel = new Panel();

async function open(): Promise<void> {
  const api = new Api(location.hash.slice(1));
  const music = await Music.fetch("/clips/music.u8");
  const drawn = {
    left: new Picture(element("left-canvas", HTMLCanvasElement)),
    right: new Picture(element("right-canvas", HTMLCanvasElement)),
  };
  const sizeOf = (side: Side) => askedSize() ?? sizeOnScreen(drawn[side]);
  const pictures = new Pictures(drawn, music, sizeOf, (error) => void judging.onFailure(error));
  const judging = new Judging(api, pictures, panel);
  listen((action) => {
    if (action === "pause") music.togglePause();
    else if (action === "mute") music.toggleMute();
    else void judging.answer(action);
    panel.showSound(music);
  });
  onFirstGesture(() => {
    panel.soundBegan();
    music.playAloud(api.music()).catch((error) => panel.say(`No sound: ${messageOf(error)}`));
  });
  await judging.begin();
}

/** For machines that are slow: `?size=WxH`, as in the player. */
function askedSize(): Size | null {
  return sizeAsked(new URLSearchParams(location.search));
}

function sizeOnScreen({ canvas, isSoftware }: Picture): Size {
  const shown = { width: canvas.clientWidth, height: canvas.clientHeight };
  return pictureSize(shown, devicePixelRatio, isSoftware ? SHARE_SOFTWARE : 1, isSoftware);
}

function listen(act: (action: Action) => void): void {
  panel.listen(act);
  document.addEventListener("keydown", (event) => {
    const action = actionOf(event);
    if (action === null) return;
    // Arrows would scroll, and the space bar would press the button that has the focus.
    event.preventDefault();
    if (!event.repeat) act(action);
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") event.preventDefault();
  });
}

/** Browsers let a page be heard after the first click or key. */
function onFirstGesture(begin: () => void): void {
  const gesture = new AbortController();
  for (const kind of ["keydown", "pointerdown"]) {
    const first = () => {
      gesture.abort();
      begin();
    };
    document.addEventListener(kind, first, { signal: gesture.signal });
  }
}

open().catch((error) => {
  panel.say(messageOf(error));
  panel.end(null);
});
