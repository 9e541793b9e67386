// The hooks by which programs drive the player and see what it does.

import type {
  CoupledPairs,
  CoupledState,
  NextReport,
  SampleReply,
  SampleRequest,
} from "./coupled.ts";
import type { DrawState, Screen } from "./screen.ts";

interface VerifyState {
  projectmVerify: Omit<DrawState, "abortReason">;
  lastRandomIds: { fg: string; bg: string; n: number };
  presetIds: { fg: string; bg: string };
  coupled: CoupledState;
}

export interface VerifyHooks {
  ready: true;
  getVerifyState(): VerifyState;
  sampleCoupledPicks(request: SampleRequest): Promise<SampleReply>;
  actions: {
    coupledInit(reason: string): Promise<boolean>;
    coupledNext(reason: string): Promise<boolean>;
  };
  lastRandomIds: { fg: string; bg: string; n: number };
  readonly _coupledNextDebug: NextReport | null;
}

export interface DrawHooks extends DrawState {
  presetIdFg: string;
  presetIdBg: string;
}

declare global {
  interface Window {
    __nw_verify?: Partial<VerifyHooks>;
    __projectm_verify?: Readonly<DrawHooks>;
  }
}

/** Publishes the hooks; what a program has put there before the page loaded stays. */
export function publishHooks(coupled: CoupledPairs, screen: Screen): void {
  const lastRandomIds = { fg: "fg:unknown", bg: "bg:unknown", n: 0 };
  window.__nw_verify = Object.defineProperties(window.__nw_verify ?? {}, {
    ...fields({
      ready: true,
      lastRandomIds,
      getVerifyState: () => verifyState(coupled, screen, lastRandomIds),
      sampleCoupledPicks: (request: SampleRequest) => coupled.sample(request),
      actions: {
        coupledInit: () => coupled.init(),
        coupledNext: (reason: string) => coupled.next(reason),
      },
    }),
    _coupledNextDebug: { get: () => coupled.lastNext, enumerable: true },
  });
  Object.defineProperty(window, "__projectm_verify", {
    get: (): DrawHooks => {
      const { fg, bg } = coupled.presetIds;
      return { ...screen.state, presetIdFg: fg, presetIdBg: bg };
    },
  });
}

function verifyState(
  coupled: CoupledPairs,
  screen: Screen,
  lastRandomIds: VerifyState["lastRandomIds"],
): VerifyState {
  const { initialized, framesRendered, lastRenderTimeMs, aborted } = screen.state;
  return {
    projectmVerify: { initialized, framesRendered, lastRenderTimeMs, aborted },
    lastRandomIds,
    presetIds: coupled.presetIds,
    coupled: coupled.state,
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
