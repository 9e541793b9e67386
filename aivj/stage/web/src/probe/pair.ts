// Renders one pair on a virtual clock and measures it.

import { Clip } from "../render/clip.ts";
import { Composite } from "../render/composite.ts";
import { type StageContext, Target } from "../render/context.ts";
import { Layer } from "../render/layer.ts";
import { Reduction, type Series } from "../render/reduction.ts";

export interface PairRequest {
  /** Butterchurn presets, as the converter makes them. */
  foreground: object;
  background: object;
  width: number;
  height: number;
  warmupFrames: number;
  measureFrames: number;
  framesPerS: number;
  /** Each layer draws from its own random stream of this seed. */
  seed: number;
  /** Same-origin address of the clip. */
  clipUrl: string;
  /** Whether to return the last frame as a WebP picture. */
  thumbnail: boolean;
}

export interface PairMeasurement {
  composite: Series;
  foreground: Series;
  background: Series;
  /** Codes of `gl.getError`, in order of appearance. */
  glErrors: number[];
  /** Wall time of the frame loop over all frames, in ms. */
  renderMs: number;
  /** Base64 of a WebP picture. */
  thumbnail: string | null;
}

export type FailureKind = "bad-equation" | "script-error" | "shader-link" | "context-lost";

/** A preset that cannot be drawn: `kind` says why, `layer` which of the two. */
export class RenderFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    readonly layer: string,
    message: string,
  ) {
    super(message);
  }
}

type NamedLayer = readonly [name: string, layer: Layer];

function failure(kind: FailureKind, layer: string, error: unknown): RenderFailure {
  return new RenderFailure(kind, layer, error instanceof Error ? error.message : String(error));
}

async function loadLayers(context: StageContext, request: PairRequest): Promise<NamedLayer[]> {
  const layers: NamedLayer[] = [];
  const presets = { foreground: request.foreground, background: request.background };
  for (const [index, [name, preset]] of Object.entries(presets).entries()) {
    const seed = Math.imul(request.seed + 1, 0x9e3779b1) + index;
    const layer = new Layer(context, request.width, request.height, seed);
    await layer.load(preset).catch((error: unknown) => {
      throw failure("bad-equation", name, error);
    });
    refuseUnlinked(context, name);
    layers.push([name, layer]);
  }
  return layers;
}

function renderLayer([name, layer]: NamedLayer, clip: Clip, frame: number, framesPerS: number) {
  try {
    layer.render(clip.levels((frame + 1) / framesPerS), 1 / framesPerS);
  } catch (error) {
    throw failure("script-error", name, error);
  }
}

function refuseBrokenContext(context: StageContext): void {
  if (context.gl.isContextLost()) {
    throw new RenderFailure("context-lost", "both", "the WebGL context was lost");
  }
}

function refuseUnlinked(context: StageContext, name: string): void {
  refuseBrokenContext(context);
  const [first] = context.linkErrors();
  if (first !== undefined) throw new RenderFailure("shader-link", name, first);
}

export async function renderPair(
  context: StageContext,
  request: PairRequest,
): Promise<PairMeasurement> {
  const { width, height, warmupFrames, measureFrames, framesPerS } = request;
  const { gl, canvas } = context;
  canvas.width = width;
  canvas.height = height;
  const clip = await Clip.fetch(request.clipUrl);
  const layers = await loadLayers(context, request);
  const [foreground, background] = layers.map(([, layer]) => layer.target);
  if (!foreground || !background) throw new Error("a pair has two layers");
  const composite = new Composite(gl);
  const picture = new Target(gl, width, height);
  const reduction = new Reduction(gl, 3, measureFrames + 1);

  const startedMs = performance.now();
  for (let frame = 0; frame < warmupFrames + measureFrames; frame++) {
    for (const layer of layers) {
      renderLayer(layer, clip, frame, framesPerS);
    }
    if (frame === 0) refuseUnlinked(context, "both");
    if (frame < warmupFrames - 1) continue;
    composite.draw(foreground, background, picture.framebuffer, width, height);
    reduction.add([picture, foreground, background]);
  }
  const [whole, front, back] = reduction.series();
  const renderMs = performance.now() - startedMs;
  refuseBrokenContext(context);
  if (!whole || !front || !back) throw new Error("three pictures were measured");
  composite.draw(foreground, background, null, width, height);
  return {
    composite: whole,
    foreground: front,
    background: back,
    glErrors: context.takeErrors(),
    renderMs,
    thumbnail: request.thumbnail ? await pictureOf(canvas) : null,
  };
}

async function pictureOf(canvas: HTMLCanvasElement): Promise<string> {
  const url = canvas.toDataURL("image/webp", 0.8);
  return url.slice(url.indexOf(",") + 1);
}
