// `__nw_dumpPresetFrames`: pictures of a preset, and how it moves with the music.

import { messageOf } from "../ground/errors.ts";
import type { StageContext, Target } from "../render/context.ts";
import type { LayerFactory } from "../render/layer.ts";
import { Pass } from "../render/pass.ts";
import { withTake } from "./batch_take.ts";
import { CellsOfFrames } from "./cells_of_frames.ts";
import { type Picture, pictureOf } from "./pictures.ts";
import {
  type BandClass,
  bandClass,
  bandResponse,
  differencesOf,
  lumaOf,
  meanOf,
} from "./preset_figures.ts";
import { dumpReason, type FrameLimits, qualityFaults } from "./preset_reasons.ts";
import { type PresetRequest, report } from "./preset_request.ts";
import type { PresetTake } from "./preset_take.ts";
import { type Bands, envelopesAt } from "./synthetic_sound.ts";

export interface FramesRequest extends PresetRequest, FrameLimits {
  /** Width and height of the pictures, which show the middle of the frame. */
  readonly outSize?: number;
  readonly warmupFrames?: number;
  readonly captureCount?: number;
  /** Frames from one picture to the next. */
  readonly captureEvery?: number;
  readonly fps?: number;
  /** `webp`, `png` or `jpeg`. */
  readonly format?: string;
  /** Of a picture with losses, 0 to 1. */
  readonly quality?: number;
}

interface FrameMetrics {
  /** Mean over the pictures, 0 to 1. */
  readonly avgLuma: number | null;
  /** Mean difference of pictures that follow each other, 0 to 1; null of a single one. */
  readonly motion: number | null;
  readonly bandResponse: Bands;
  readonly bandClass: BandClass;
}

export interface FramesReply {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly errorText: string | null;
  /** Null when the preset could not be drawn. */
  readonly metrics: FrameMetrics | null;
  readonly frames: readonly Picture[];
}

/** As the runtime has them. */
const DEFAULTS = {
  width: 256,
  height: 144,
  outSize: 224,
  warmupFrames: 60,
  captureCount: 3,
  captureEvery: 30,
  timeoutMs: 20_000,
  fps: 30,
  format: "webp",
  quality: 0.92,
};
/** As many rows of cells as every GPU can keep. */
const MOST_MEASURED = 220;

const COVER_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform vec2 share;
uniform float size;
out vec4 color;
void main() {
  vec2 centred = gl_FragCoord.xy / size - 0.5;
  color = vec4(texture(picture, 0.5 + centred * share).rgb, 1.0);
}`;

/** Never rejects: whatever happens is part of the answer. */
export async function dumpFrames(
  factory: () => Promise<LayerFactory>,
  request: FramesRequest,
): Promise<FramesReply> {
  try {
    const { metrics, frames } = await capture(await factory(), request);
    const faults = qualityFaults(metrics, request);
    const reasons = faults.length === 0 ? [] : ["quality-filter", ...faults];
    return { ok: faults.length === 0, reasons, errorText: null, metrics, frames };
  } catch (error) {
    const errorText = messageOf(error);
    const reasons = [dumpReason(error, request.timeoutMs ?? DEFAULTS.timeoutMs)];
    return { ok: false, reasons, errorText, metrics: null, frames: [] };
  } finally {
    report("done", request);
  }
}

async function capture(
  factory: LayerFactory,
  request: FramesRequest,
): Promise<{ metrics: FrameMetrics; frames: Picture[] }> {
  const wanted = { ...DEFAULTS, ...request };
  const settings = { ...wanted, framesPerS: wanted.fps, numWarmup: wanted.warmupFrames - 1 };
  return await withTake(factory, request, settings, (take) => {
    report("capture", request);
    return drawAndCapture(factory.context, take, wanted);
  });
}

/** Pictures and cells from the end of the warm-up to the last picture. */
function drawAndCapture(context: StageContext, take: PresetTake, wanted: typeof DEFAULTS) {
  const { captureCount, captureEvery } = wanted;
  const numFrames = Math.max(1, (captureCount - 1) * captureEvery + 1);
  const stride = Math.ceil(numFrames / MOST_MEASURED);
  const moving = new CellsOfFrames(context, Math.ceil(numFrames / stride));
  const captured = new CellsOfFrames(context, Math.max(1, captureCount));
  const cover = new Cover(context, wanted);
  const envelopes: Bands[] = [];
  const frames: Picture[] = [];
  for (let frame = 0; frame < numFrames; frame++) {
    take.draw();
    if (frame % stride === 0) {
      moving.add(take.target);
      envelopes.push(envelopesAt(take.timeS));
    }
    if (frame % captureEvery === 0 && frames.length < captureCount) {
      captured.add(take.target);
      frames.push(cover.pictureOf(take.target));
    }
  }
  const pictures = captured.read();
  const response = bandResponse(differencesOf(moving.read()), envelopes.slice(1));
  const metrics: FrameMetrics = {
    avgLuma: meanOf(pictures.map(lumaOf)),
    motion: meanOf(differencesOf(pictures)),
    bandResponse: response,
    bandClass: bandClass(response),
  };
  return { metrics, frames };
}

/** Square pictures of a frame's middle. */
class Cover {
  readonly #context: StageContext;
  readonly #pass: Pass;
  readonly #wanted: Pick<typeof DEFAULTS, "outSize" | "format" | "quality">;

  constructor(context: StageContext, wanted: typeof DEFAULTS) {
    this.#context = context;
    this.#pass = new Pass(context.gl, COVER_FRAGMENT, ["picture"]);
    this.#wanted = wanted;
    context.resizeCanvas(wanted.outSize, wanted.outSize);
  }

  pictureOf(target: Target): Picture {
    const { gl, canvas } = this.#context;
    const { outSize, format, quality } = this.#wanted;
    const side = Math.min(target.width, target.height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.#pass.draw([target.texture], [0, 0, outSize, outSize], () => {
      gl.uniform2f(this.#pass.uniform("share"), side / target.width, side / target.height);
      gl.uniform1f(this.#pass.uniform("size"), outSize);
    });
    return pictureOf(canvas, `image/${format}`, quality);
  }
}
