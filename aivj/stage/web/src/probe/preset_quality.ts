// `__nw_probePresetQuality`: whether a preset can be drawn, and whether it is fit to be seen.

import { messageOf } from "../ground/errors.ts";
import type { LayerFactory } from "../render/layer.ts";
import { withTake } from "./batch_take.ts";
import { CellsOfFrames } from "./cells_of_frames.ts";
import { differencesOf, lumaOf, meanOf, p95Of } from "./preset_figures.ts";
import {
  AUDIT_DEFAULTS,
  type AuditFigures,
  hardReason,
  NOTHING,
  type PresetQuality,
  type QualityRequest,
  reasonsFor,
} from "./preset_reasons.ts";
import { report } from "./preset_request.ts";

const FRAMES_PER_S = 60;

/** Never rejects: whatever happens is part of the answer. */
export async function probeQuality(
  factory: () => Promise<LayerFactory>,
  request: QualityRequest,
): Promise<PresetQuality> {
  try {
    const figures = await measure(await factory(), request);
    const reasons = reasonsFor(figures, request);
    return { ok: reasons.length === 0, reasons, ...figures, renderOk: true, aborted: false };
  } catch (error) {
    const reason = hardReason(error);
    const errorText = messageOf(error);
    const aborted = reason === "wasm-abort";
    return { ok: false, reasons: [reason], ...NOTHING, renderOk: false, aborted, errorText };
  } finally {
    report("done", request);
  }
}

async function measure(factory: LayerFactory, request: QualityRequest): Promise<AuditFigures> {
  const { sampleFrames, warmupFrames, ...wanted } = { ...AUDIT_DEFAULTS, ...request };
  const settings = { ...wanted, framesPerS: FRAMES_PER_S, numWarmup: warmupFrames };
  return await withTake(factory, request, settings, (take) => {
    const cells = new CellsOfFrames(factory.context, Math.max(1, sampleFrames));
    report("measure", request);
    const renderMs: number[] = [];
    for (let frame = 0; frame < sampleFrames; frame++) {
      renderMs.push(take.drawToEnd());
      cells.add(take.target);
    }
    const frames = cells.read();
    return {
      avgLuma: meanOf(frames.map(lumaOf)),
      avgFrameDelta: meanOf(differencesOf(frames)),
      avgRenderMs: meanOf(renderMs),
      p95RenderMs: p95Of(renderMs),
    };
  });
}
