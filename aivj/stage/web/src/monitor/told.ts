// What the server tells of a run: `aivj/contracts/monitored_run.py`, in the words of its JSON.

import { isObject } from "../ground/json.ts";

export interface Alert {
  readonly level: "warn" | "error";
  readonly kind: string;
  readonly message: string;
}

export interface Pack {
  readonly pack: string;
  readonly numRows: number;
  readonly numVisited: number;
  readonly numFailed: number;
  readonly numTarget: number | null;
  readonly okShare: number | null;
}

export interface Histogram {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  readonly counts: readonly number[];
  readonly numUnknown: number;
  readonly limit: number | null;
}

export interface Tile {
  readonly tMs: number;
  readonly pack: string;
  readonly pair: number;
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly luma: number | null;
  readonly motion: number | null;
  readonly response: number | null;
  readonly flashUnsafe: boolean;
  readonly hasPicture: boolean;
}

export interface Gpu {
  readonly name: string;
  readonly utilGpuPct: number | null;
  readonly memUsedMb: number | null;
  readonly memTotalMb: number | null;
  readonly tempC: number | null;
  readonly powerW: number | null;
}

export interface Choice {
  readonly id: string;
  readonly path: string;
  readonly touchedAt: string;
}

export interface Curve {
  readonly name: string;
  readonly epochs: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface Told {
  readonly at: string;
  readonly run: Choice | null;
  readonly runs: readonly Choice[];
  readonly stage: string;
  readonly standing: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly readShare: number;
  readonly lastRowAt: string | null;
  readonly numRows: number;
  readonly numFailures: number;
  readonly okShare: number | null;
  readonly ratePerMin: number;
  readonly overallPerMin: number;
  readonly etaS: number | null;
  readonly driver: string | null;
  readonly renderer: string | null;
  readonly rendererClass: string | null;
  readonly packs: readonly Pack[];
  readonly series: {
    readonly startS: number;
    readonly widthS: number;
    readonly rows: readonly number[];
    readonly fresh: readonly number[];
    readonly failures: readonly number[];
  };
  readonly histograms: readonly Histogram[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly wall: readonly Tile[];
  readonly workers: {
    readonly numOpened: number;
    readonly numReplaced: number;
    readonly numReplacedLately: number;
  };
  readonly gpus: readonly Gpu[];
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  readonly training: readonly Curve[];
  readonly scores: readonly {
    readonly pack: string;
    readonly isFresh: boolean;
    readonly std: number | null;
    readonly numScored: number;
    readonly at: string;
  }[];
  readonly evidence: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly verdict: string;
    readonly told: string;
    readonly at: string;
  }[];
  readonly alerts: readonly Alert[];
  readonly logs: readonly string[];
}

const VERSION = 1;

/** Whether a document is one; the server is our own, of the same build. */
export function isTold(value: unknown): value is Told {
  return isObject(value) && value.version === VERSION;
}
