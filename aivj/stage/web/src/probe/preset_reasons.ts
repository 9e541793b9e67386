// What is said of a preset: by the audit's words, and by those of the index of pictures.

import { PageFault } from "../page/converted.ts";
import { RenderFailure, TookTooLong } from "./failures.ts";
import type { PresetRequest } from "./preset_request.ts";

export interface QualityRequest extends PresetRequest {
  readonly warmupFrames?: number;
  readonly sampleFrames?: number;
  readonly minAvgLuma?: number;
  readonly maxAvgLuma?: number;
  readonly minAvgFrameDelta?: number;
  /** Looked at only when given. */
  readonly maxAvgRenderMs?: number;
  readonly maxP95RenderMs?: number;
}

export interface PresetQuality {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  /** 0 to 1; null when nothing was drawn. */
  readonly avgLuma: number | null;
  /** 0 to 1; null when fewer than two frames were drawn. */
  readonly avgFrameDelta: number | null;
  readonly avgRenderMs: number | null;
  readonly p95RenderMs: number | null;
  readonly renderOk: boolean;
  /** Whether the equations ended by themselves. */
  readonly aborted: boolean;
  readonly errorText?: string;
}

/** As the runtime has them. */
export const AUDIT_DEFAULTS = {
  width: 256,
  height: 144,
  warmupFrames: 8,
  sampleFrames: 24,
  timeoutMs: 4500,
  minAvgLuma: 0.06,
  maxAvgLuma: 0.96,
  minAvgFrameDelta: 0.002,
};
export type AuditFigures = Pick<
  PresetQuality,
  "avgLuma" | "avgFrameDelta" | "avgRenderMs" | "p95RenderMs"
>;

export const NOTHING: AuditFigures = {
  avgLuma: null,
  avgFrameDelta: null,
  avgRenderMs: null,
  p95RenderMs: null,
};

/** What an error is called in the audit's vocabulary. */
export function hardReason(error: unknown): string {
  if (error instanceof TookTooLong) return "probe-timeout";
  if (error instanceof PageFault) return "probe-error";
  if (!(error instanceof RenderFailure)) return "render-failed";
  if (error.kind === "context-lost") return "probe-error";
  return error.kind === "wasm-trap" ? "wasm-abort" : "render-failed";
}

export function reasonsFor(figures: AuditFigures, request: QualityRequest): string[] {
  const { minAvgLuma, maxAvgLuma, minAvgFrameDelta } = { ...AUDIT_DEFAULTS, ...request };
  const { maxAvgRenderMs = Infinity, maxP95RenderMs = Infinity } = request;
  const { avgLuma, avgFrameDelta, avgRenderMs, p95RenderMs } = figures;
  const faults: [string, boolean][] = [
    ["too-dark", avgLuma !== null && avgLuma <= minAvgLuma],
    ["too-bright", avgLuma !== null && avgLuma >= maxAvgLuma],
    ["no-luma", avgLuma === null],
    ["low-motion", avgFrameDelta !== null && avgFrameDelta < minAvgFrameDelta],
    ["no-motion-sample", avgFrameDelta === null],
    ["slow-render-avg", (avgRenderMs ?? 0) > maxAvgRenderMs],
    ["slow-render-p95", (p95RenderMs ?? 0) > maxP95RenderMs],
  ];
  return faults.filter(([, isSo]) => isSo).map(([reason]) => reason);
}

/** What an error is called in the index of pictures. */
export function dumpReason(error: unknown, timeoutMs: number): string {
  const reason = hardReason(error);
  if (reason === "probe-timeout") return `probe-timeout>${timeoutMs}ms`;
  const notLoaded = error instanceof RenderFailure && error.kind === "bad-equation";
  return notLoaded ? "preset-load-failed" : reason;
}

/** What pictures must be like; looked at only when given. */
export interface FrameLimits {
  readonly lumaMin?: number;
  readonly lumaMax?: number;
  readonly motionMin?: number;
}

/** What pictures are not like; null: it was not measured. */
export function qualityFaults(
  { avgLuma, motion }: { readonly avgLuma: number | null; readonly motion: number | null },
  { lumaMin, lumaMax, motionMin }: FrameLimits,
): string[] {
  const looksAtLuma = lumaMin !== undefined || lumaMax !== undefined;
  const faults: [string, boolean][] = [
    ["luma-missing", looksAtLuma && avgLuma === null],
    [`luma<${lumaMin}`, lumaMin !== undefined && avgLuma !== null && avgLuma < lumaMin],
    [`luma>${lumaMax}`, lumaMax !== undefined && avgLuma !== null && avgLuma > lumaMax],
    ["motion-missing", motionMin !== undefined && motion === null],
    [`motion<${motionMin}`, motionMin !== undefined && motion !== null && motion < motionMin],
  ];
  return faults.filter(([, isSo]) => isSo).map(([reason]) => reason);
}
