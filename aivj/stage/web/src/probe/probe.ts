// The batch page: no clock, no audio device, no user interface; hooks that a program calls.

import { StageContext } from "../render/context.ts";
import { LayerFactory } from "../render/layer.ts";
import { RenderFailure } from "./failures.ts";
import { type LinkErrors, linkErrors, type Shaders } from "./links.ts";
import { type PairReading, type PairRequest, renderPair } from "./pair.ts";
import { dumpFrames, type FramesReply, type FramesRequest } from "./preset_frames.ts";
import { probeQuality } from "./preset_quality.ts";
import type { PresetQuality, QualityRequest } from "./preset_reasons.ts";

type PairReply =
  | { ok: true; reading: PairReading }
  | { ok: false; kind: string; layer: string; message: string };

function openContext(): StageContext {
  const canvas = document.querySelector("canvas");
  if (canvas === null) throw new Error("the page has no canvas");
  return new StageContext(canvas);
}

/** One seed a page: what layers share is made from it. */
let opened: { readonly seed: number; readonly factory: LayerFactory } | null = null;

async function factoryFor(seed: number): Promise<LayerFactory> {
  if (opened === null) {
    opened = { seed, factory: await LayerFactory.create(openContext(), seed) };
  }
  if (opened.seed !== seed) throw new Error(`this page renders with seed ${opened.seed}`);
  return opened.factory;
}

/** For what has no seed of its own. */
async function anyFactory(): Promise<LayerFactory> {
  return await factoryFor(opened?.seed ?? 0);
}

async function replyToPair(request: PairRequest): Promise<PairReply> {
  try {
    const factory = await factoryFor(request.seed);
    return { ok: true, reading: await renderPair(factory, request) };
  } catch (error) {
    if (!(error instanceof RenderFailure)) throw error;
    return { ok: false, kind: error.kind, layer: error.layer, message: error.message };
  }
}

/** One at a time: all share the context. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(action: () => Promise<T>): Promise<T> {
  const ours = turn.then(action);
  turn = ours.catch(() => {});
  return ours;
}

declare global {
  interface Window {
    __aivj_stage: {
      renderPair(request: PairRequest): Promise<PairReply>;
      linkErrors(presets: readonly Shaders[]): Promise<LinkErrors[]>;
    };
    __nw_probePresetQuality(request: QualityRequest): Promise<PresetQuality>;
    __nw_dumpPresetFrames(request: FramesRequest): Promise<FramesReply>;
  }
}

window.__aivj_stage = {
  renderPair: (request) => inTurn(() => replyToPair(request)),
  linkErrors: (presets) => inTurn(async () => linkErrors(await anyFactory(), presets)),
};
window.__nw_probePresetQuality = (request) => inTurn(() => probeQuality(anyFactory, request));
window.__nw_dumpPresetFrames = (request) => inTurn(() => dumpFrames(anyFactory, request));
