// The page that asks which of two pairs is better.

import { Api, type Side } from "./api.ts";
import { Judging } from "./judging.ts";
import { type Action, actionOf } from "./keys.ts";
import { Music } from "./music.ts";
import { element, Panel } from "./panel.ts";
import { Picture } from "./picture.ts";
import { Pictures } from "./pictures.ts";
import { pictureSize, type Size } from "./size.ts";

const api = new Api(location.hash.slice(1));
const panel = new Panel((action) => act(action));
const canvases = {
  left: element("left-canvas", HTMLCanvasElement),
  right: element("right-canvas", HTMLCanvasElement),
};

function sizeOf(side: Side): Size {
  const { clientWidth: width, clientHeight: height } = canvases[side];
  return pictureSize(location.search, { width, height }, devicePixelRatio);
}

const music = await Music.fetch("/clips/music.u8");
const drawn = { left: new Picture(canvases.left), right: new Picture(canvases.right) };
const pictures = new Pictures(drawn, music, sizeOf, (error) => void judging.onFailure(error));
const judging = new Judging(api, pictures, panel);

async function act(action: Action): Promise<void> {
  if (action === "pause") music.togglePause();
  else if (action === "mute") music.toggleMute();
  else await judging.answer(action);
  panel.showSound(music);
}

document.addEventListener("keydown", (event) => {
  const action = actionOf(event);
  if (action === null) return;
  // Arrows would scroll, and the space bar would press the button that has the focus.
  event.preventDefault();
  if (!event.repeat) void act(action);
});
document.addEventListener("keyup", (event) => {
  if (event.key === " ") event.preventDefault();
});

const gesture = new AbortController();
for (const kind of ["keydown", "pointerdown"]) {
  const begin = () => {
    gesture.abort();
    panel.soundBegan();
    void music.playAloud(api.music()).catch((error) => panel.say(`No sound: ${error.message}`));
  };
  document.addEventListener(kind, begin, { signal: gesture.signal });
}

await judging.begin();
