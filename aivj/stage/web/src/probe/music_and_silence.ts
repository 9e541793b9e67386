// Something drawn twice on a virtual clock, with its music and once more in silence, and shrunk.

import type { StageContext, Target } from "../render/context.ts";
import type { LayerSize } from "../render/layer.ts";
import { Reduction } from "../render/reduction.ts";
import { refuseBroken } from "./failures.ts";
import { base64 } from "./pictures.ts";
import { Recording, SILENCE, type Sound } from "./recording.ts";

export interface RenderRequest extends LayerSize {
  readonly warmupFrames: number;
  readonly measureFrames: number;
  /** How many of the measured frames the silent take is compared at. */
  readonly silentFrames: number;
  /** Which these are: every n-th. */
  readonly silentEvery: number;
  readonly framesPerS: number;
  /** Same-origin address of the clip. */
  readonly clipUrl: string;
}

export interface RenderReading {
  /**
   * Base64 of the cells, see `Reduction.read`: of the music `measureFrames` frames and the one
   * before, then the `silentFrames` compared frames of the silence.
   */
  readonly cells: string;
  /** Wall time until the first frame could be drawn, in ms. */
  readonly loadMs: number;
  /** Wall time of all frames, in ms. */
  readonly renderMs: number;
}

/** A preset, or a pair of them. */
export interface Drawing {
  /** Goes on by a frame; one that is not visible leaves the pictures as they are. */
  draw(isVisible: boolean): void;
  /** The present frame, as often as it is looked at. */
  pictures(): readonly Target[];
}

/** What is drawn, and how it is looked at. */
interface Subject<T extends Drawing> {
  readonly numPictures: number;
  /** Makes it anew. */
  load(sound: Sound): Promise<T>;
  /** Sees each measured frame with music, by its index, when it is drawn. */
  onMeasured?(index: number, music: T): void;
}

/** Draws and reads a subject; returns it as it is after the last frame. */
export async function drawWithAndWithout<T extends Drawing>(
  context: StageContext,
  request: RenderRequest,
  { numPictures, load, onMeasured }: Subject<T>,
): Promise<{ music: T; silence: T; reading: RenderReading }> {
  const { warmupFrames, measureFrames, silentFrames, silentEvery } = request;
  const startedMs = performance.now();
  context.resizeCanvas(request.width, request.height);
  const music = await load(await Recording.of(request.clipUrl));
  const silence = await load(SILENCE);
  const cells = new Reduction(context.gl, numPictures, measureFrames + 1 + silentFrames);
  const loadedMs = performance.now();
  for (let index = -warmupFrames; index < measureFrames; index++) {
    const isVisible = index >= -1;
    music.draw(isVisible);
    if (isVisible) cells.add(music.pictures());
    if (index >= 0) onMeasured?.(index, music);
  }
  for (let index = -warmupFrames; index < silentFrames * silentEvery; index++) {
    const isVisible = index >= 0 && (index + 1) % silentEvery === 0;
    silence.draw(isVisible);
    if (isVisible) cells.add(silence.pictures());
  }
  const bytes = cells.read();
  const renderedMs = performance.now();
  refuseBroken(context);
  const reading = {
    cells: base64(bytes),
    loadMs: loadedMs - startedMs,
    renderMs: renderedMs - loadedMs,
  };
  return { music, silence, reading };
}
