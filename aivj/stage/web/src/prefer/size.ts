// How many pixels a picture is drawn with.

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a picture costs grows with its pixels, and two are drawn at a time. */
const MAX_WIDTH = 1280;

/** As many as the screen shows, up to a limit; or, for a slow machine, what `?size=WxH` asks for. */
export function pictureSize(query: string, shown: Size, pixelRatio: number): Size {
  const asked = /^([1-9]\d{1,3})x([1-9]\d{1,3})$/.exec(
    new URLSearchParams(query).get("size") ?? "",
  );
  if (asked !== null) return { width: Number(asked[1]), height: Number(asked[2]) };
  const width = Math.max(16, shown.width * pixelRatio);
  const scale = Math.min(1, MAX_WIDTH / width) * pixelRatio;
  return {
    width: Math.max(16, Math.round(shown.width * scale)),
    height: Math.max(9, Math.round(shown.height * scale)),
  };
}
