// `window.__nw_verify`: the hooks by which programs drive the player and see what it does.

import type { CoupledPairs } from "../coupled.ts";
import type { CoupledState, LastPick, SampleReply, SampleRequest } from "../coupled_state.ts";
import { HISTORY } from "../load/budget.ts";
import type { Load } from "../load/load.ts";
import type { SwitchReport } from "../load/switches.ts";
import type { Mixer } from "../mixer.ts";
import type { PresetIds } from "../programme.ts";
import type { DrawState, Screen } from "../screen.ts";
import type { RandomIds } from "../show.ts";
import type { Ear } from "../sound/ear.ts";

/** How the last call of `coupledNext` went. Times are `performance.now()`. */
interface NextReport {
  startedAt: number;
  finishedAt: number | null;
  ok: boolean;
  reason: string;
  lastPick: LastPick | null;
  error: string | null;
}

interface VerifyState {
  projectmVerify: Omit<DrawState, "abortReason">;
  lastRandomIds: RandomIds;
  presetIds: PresetIds;
  coupled: CoupledState;
}

interface VerifyHooks {
  ready: true;
  version: string;
  capabilities: readonly string[];
  /** Set by programs: changes that nobody asks for happen whatever the music does. */
  forcePresetGateOpen: boolean;
  /** Set by programs: nothing is heard that nobody chose. */
  disableAutoAudio: boolean;
  lastRandomIds: RandomIds;
  readonly _coupledNextDebug: NextReport | null;
  actions: {
    coupledInit(reason: string): Promise<boolean>;
    coupledNext(reason: string): Promise<boolean>;
  };
  getVerifyState(): VerifyState;
  sampleCoupledPicks(request: SampleRequest): Promise<SampleReply>;
  getPerfCaps(): object;
  getPerformanceBudgetStats(): object;
  setPerformanceQualityLevel(level: string | null): boolean;
  getFrameTimeP95Ms(): number;
  getCompositorProfile(): object;
  triggerPresetLoadPressure(durationMs?: number): void;
  getPresetSwitchReports(): readonly SwitchReport[];
  getLastPresetSwitchReport(): SwitchReport | null;
  clearPresetSwitchReports(): void;
}

declare global {
  interface Window {
    __nw_verify?: Partial<VerifyHooks>;
  }
}

interface VerifyParts {
  /** Of the pack that is played or was last. */
  readonly coupled: () => CoupledPairs;
  readonly ear: Ear;
  readonly screen: Screen;
  readonly load: Load;
  readonly mixer: Mixer;
  readonly presetIds: () => PresetIds;
  readonly randomIds: () => RandomIds;
}

const VERSION = "aivj-player-1";
const CAPABILITIES = [
  "coupled",
  "coupling3d",
  "library",
  "prefetch",
  "sampleCoupledPicks",
  "sampleCoupledPicks.mockIntensity01",
] as const;

/** What programs said before the page loaded, and may say at any time. */
export function flag(name: "forcePresetGateOpen" | "disableAutoAudio"): boolean {
  return window.__nw_verify?.[name] === true;
}

/** Publishes the hooks; what a program has put there before the page loaded stays. */
export function publishVerifyHooks(parts: VerifyParts): void {
  const lastNext: { report: NextReport | null } = { report: null };
  const values = {
    ready: true,
    version: VERSION,
    capabilities: CAPABILITIES,
    getVerifyState: () => verifyState(parts),
    sampleCoupledPicks: (request: SampleRequest) => parts.coupled().sample(request),
    actions: {
      coupledInit: () => parts.coupled().init(),
      coupledNext: (reason: string) => reportedNext(parts.coupled(), String(reason), lastNext),
    },
    ...loadHooks(parts),
  };
  window.__nw_verify = Object.defineProperties(window.__nw_verify ?? {}, {
    ...fields(values),
    lastRandomIds: { get: parts.randomIds, enumerable: true },
    _coupledNextDebug: { get: () => lastNext.report, enumerable: true },
  });
}

async function reportedNext(
  coupled: CoupledPairs,
  reason: string,
  lastNext: { report: NextReport | null },
): Promise<boolean> {
  const report: NextReport = {
    startedAt: performance.now(),
    finishedAt: null,
    ok: false,
    reason,
    lastPick: coupled.state.lastPick,
    error: null,
  };
  lastNext.report = report;
  try {
    report.ok = await coupled.next({ reason, cut: true });
    if (!report.ok) report.error = "cycleToNextCoupledPair:not-ready";
  } catch (error) {
    report.error = "cycleToNextCoupledPair:exception";
    console.warn("[coupled-pairs] pair not shown", error);
  }
  report.lastPick = coupled.state.lastPick;
  report.finishedAt = performance.now();
  return report.ok;
}

function verifyState({ coupled, screen, presetIds, randomIds }: VerifyParts): VerifyState {
  const { initialized, framesRendered, lastRenderTimeMs, aborted } = screen.state;
  return {
    projectmVerify: { initialized, framesRendered, lastRenderTimeMs, aborted },
    lastRandomIds: randomIds(),
    presetIds: presetIds(),
    coupled: coupled().state,
  };
}

function loadHooks({ load, mixer, screen, ear }: VerifyParts) {
  return {
    getPerfCaps: () => {
      const nowMs = performance.now();
      return {
        nowMs,
        presetLoadPressureMsLeft: load.pressure.leftMs(nowMs),
        frameTimeP95Ms: load.gaps.p95Ms(),
        ...load.caps(nowMs),
        audioDrivePreset: mixer.drive.name,
        audioControls: mixer.drive.tuning,
      };
    },
    getPerformanceBudgetStats: () => ({
      currentLevel: load.level,
      frameTimeP95: load.gaps.p95Ms(),
      historySize: Math.min(load.gaps.count, HISTORY),
      lastAdjustmentMs: load.lastAdjustmentMs,
      subsystemMetrics: {
        pageWorkP95Ms: load.work.p95Ms(),
        framesPerS: load.gaps.framesPerS(),
        beatsPerMinute: ear.features?.beatsPerMinute ?? null,
        ...ear.work,
      },
      currentBudget: load.budget,
    }),
    setPerformanceQualityLevel: (level: string | null) => load.fix(level, performance.now()),
    getFrameTimeP95Ms: () => load.gaps.p95Ms(),
    getCompositorProfile: () => ({
      ...mixer.look(performance.now()),
      coupling3d: mixer.coupling3d,
      size: screen.size,
    }),
    triggerPresetLoadPressure: (durationMs?: number) =>
      load.pressure.trigger(performance.now(), durationMs),
    getPresetSwitchReports: () => [...load.switches.all],
    getLastPresetSwitchReport: () => load.switches.last,
    clearPresetSwitchReports: () => load.switches.clear(),
  };
}

function fields(values: Record<string, unknown>): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { value, writable: true, enumerable: true, configurable: true },
    ]),
  );
}
