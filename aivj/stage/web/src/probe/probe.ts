// The batch page: no clock, no audio device, no user interface; hooks that a program calls.

import { StageContext } from "../render/context.ts";
import { type PairMeasurement, type PairRequest, RenderFailure, renderPair } from "./pair.ts";

type PairReply =
  | { ok: true; measurement: PairMeasurement }
  | { ok: false; kind: string; layer: string; message: string };

function openContext(): StageContext {
  const canvas = document.querySelector("canvas");
  if (canvas === null) throw new Error("the page has no canvas");
  return new StageContext(canvas);
}

let used = false;

async function replyToPair(request: PairRequest): Promise<PairReply> {
  // What a preset leaves behind cannot all be reset: one pair, one page.
  if (used) throw new Error("this page has rendered its pair; open a fresh one");
  used = true;
  try {
    return { ok: true, measurement: await renderPair(openContext(), request) };
  } catch (error) {
    if (!(error instanceof RenderFailure)) throw error;
    return { ok: false, kind: error.kind, layer: error.layer, message: error.message };
  }
}

declare global {
  interface Window {
    __aivj_stage: {
      describeRenderer(): ReturnType<StageContext["describe"]>;
      renderPair(request: PairRequest): Promise<PairReply>;
    };
  }
}

window.__aivj_stage = {
  describeRenderer: () => openContext().describe(),
  renderPair: replyToPair,
};
