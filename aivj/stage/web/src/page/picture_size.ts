// How many pixels are drawn: as many as the window has, and the machine can.

/** Pixels that a picture is drawn with. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Presets gain nothing by more, and the GPU of a laptop loses frames. */
const MOST_WIDTH = 1920;
/** What a CPU draws in time. */
const MOST_WIDTH_SOFTWARE = 640;
const LEAST = 16;

export function isSoftware(renderer: string): boolean {
  return /llvmpipe|swiftshader|lavapipe|softpipe|basic render/i.test(renderer);
}

/** `pixelRatio`: pixels of the screen for one of the window; `share`: 0 to 1. */
export function pictureSize(
  window: Size,
  pixelRatio: number,
  share: number,
  software: boolean,
): Size {
  const most = software ? MOST_WIDTH_SOFTWARE : MOST_WIDTH;
  const width = window.width * pixelRatio;
  const scale = pixelRatio * Math.min(1, most / Math.max(1, width)) * share;
  const pixels = (length: number) => Math.max(LEAST, Math.round(length * scale));
  return { width: pixels(window.width), height: pixels(window.height) };
}

/** What the address asks for, `?size=WxH`; null where it does not. */
export function sizeAsked(params: URLSearchParams): Size | null {
  const [, width, height] = /^([1-9]\d{1,3})x([1-9]\d{1,3})$/.exec(params.get("size") ?? "") ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : null;
}
