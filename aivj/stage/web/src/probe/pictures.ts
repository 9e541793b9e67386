// Pictures of the canvas, as text that crosses to a program.

export interface Picture {
  readonly mime: string;
  /** Base64. */
  readonly b64: string;
}

/** The canvas as it is; call it in the task that drew it. `quality`: 0 to 1. */
export function pictureOf(canvas: HTMLCanvasElement, mime: string, quality: number): Picture {
  const url = canvas.toDataURL(mime, quality);
  return {
    mime: url.slice("data:".length, url.indexOf(";")),
    b64: url.slice(url.indexOf(",") + 1),
  };
}

/** Base64 of the canvas as a WebP picture; the same holds. */
export function webpOf(canvas: HTMLCanvasElement): string {
  return pictureOf(canvas, "image/webp", 0.8).b64;
}

export function base64(bytes: Uint8Array): string {
  return (bytes as Uint8Array & { toBase64(): string }).toBase64();
}
