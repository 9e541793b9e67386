// The batch page: no clock, no audio device, no user interface; hooks that a program calls.

import { StageContext } from "../render/context.ts";
import { LayerFactory } from "../render/layer.ts";
import { type PairReading, type PairRequest, RenderFailure, renderPair } from "./pair.ts";

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

async function replyToPair(request: PairRequest): Promise<PairReply> {
  try {
    const factory = await factoryFor(request.seed);
    return { ok: true, reading: await renderPair(factory, request) };
  } catch (error) {
    if (!(error instanceof RenderFailure)) throw error;
    return { ok: false, kind: error.kind, layer: error.layer, message: error.message };
  }
}

declare global {
  interface Window {
    __aivj_stage: { renderPair(request: PairRequest): Promise<PairReply> };
  }
}

window.__aivj_stage = { renderPair: replyToPair };
