// The batch page: no clock, no audio device, no user interface; hooks that a program calls.

import { StageContext } from "../render/context.ts";
import { LayerFactory } from "../render/layer.ts";
import { RenderFailure } from "./failures.ts";
import { type LinkErrors, linkErrors, type Shaders } from "./links.ts";
import { type PairReading, type PairRequest, renderPair } from "./pair.ts";
import { dumpFrames, type FramesReply, type FramesRequest } from "./preset_frames.ts";
import { probeQuality } from "./preset_quality.ts";
import type { PresetQuality, QualityRequest } from "./preset_reasons.ts";
import { renderTake, type TakeReading, type TakeRequest } from "./take.ts";

type Reply<Reading> =
  | { ok: true; reading: Reading }
  | { ok: false; kind: string; layer: string; message: string };

let opened: LayerFactory | null = null;

async function factory(): Promise<LayerFactory> {
  // The canvas is in no document: pictures that are read need not be brought to a screen as well.
  opened ??= await LayerFactory.create(new StageContext(document.createElement("canvas")));
  return opened;
}

async function replyOf<Reading>(render: Promise<Reading>): Promise<Reply<Reading>> {
  try {
    return { ok: true, reading: await render };
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
      renderPair(request: PairRequest): Promise<Reply<PairReading>>;
      renderTake(request: TakeRequest): Promise<Reply<TakeReading>>;
      linkErrors(presets: readonly Shaders[]): Promise<LinkErrors[]>;
    };
    __nw_probePresetQuality(request: QualityRequest): Promise<PresetQuality>;
    __nw_dumpPresetFrames(request: FramesRequest): Promise<FramesReply>;
  }
}

/** Renders in its turn. */
function rendering<Request, Reading>(
  render: (factory: LayerFactory, request: Request) => Promise<Reading>,
): (request: Request) => Promise<Reply<Reading>> {
  return (request) => inTurn(async () => replyOf(render(await factory(), request)));
}

window.__aivj_stage = {
  renderPair: rendering(renderPair),
  renderTake: rendering(renderTake),
  linkErrors: (presets) => inTurn(async () => linkErrors(await factory(), presets)),
};
window.__nw_probePresetQuality = (request) => inTurn(() => probeQuality(factory, request));
window.__nw_dumpPresetFrames = (request) => inTurn(() => dumpFrames(factory, request));
