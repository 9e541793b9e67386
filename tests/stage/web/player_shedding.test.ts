// What is shed under load is work that is not done, counted where it would be done.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  capsFor,
  type ListeningRates,
  listeningRates,
} from "../../../aivj/stage/web/src/player/load/caps.ts";
import { Load } from "../../../aivj/stage/web/src/player/load/load.ts";
import { Prefetch } from "../../../aivj/stage/web/src/player/prefetch.ts";
import { Ear } from "../../../aivj/stage/web/src/player/sound/ear.ts";
import type { Sound } from "../../../aivj/stage/web/src/player/sound/sound.ts";
import { everyFrame } from "./director_signals.ts";

const SILENCE = { read: () => {} } as unknown as Sound;

/** What listening costs in ten seconds of 60 frames each. */
function workAt(rates: ListeningRates) {
  const ear = new Ear(SILENCE);
  everyFrame([0, 10], 60, (nowMs) => ear.listen(nowMs, rates));
  return ear.work;
}

function loadAt(level: string): Load {
  const load = new Load("high", () => {});
  load.fix(level, 0);
  return load;
}

test("under pressure music is analysed, followed and handed on less often", () => {
  const free = workAt(loadAt("ultra").listeningRates(0));
  const pressed = loadAt("ultra");
  pressed.pressure.trigger(0, 8000);
  const shed = workAt(pressed.listeningRates(0));
  assert.deepEqual([free.numAnalyses, shed.numAnalyses], [600, 300]);
  assert.deepEqual([free.numBeatSteps, shed.numBeatSteps], [300, 100]);
  assert.ok(free.numFeeds.fg >= 290 && shed.numFeeds.fg <= 150, `${shed.numFeeds.fg}`);
  assert.ok(free.numFeeds.bg >= 140 && shed.numFeeds.bg <= 80, `${shed.numFeeds.bg}`);
});

test("a lower level listens less often and estimates the tempo less often", () => {
  const rates = (level: string) => loadAt(level).listeningRates(0);
  const ultra = workAt(rates("ultra"));
  const minimal = workAt(rates("minimal"));
  assert.deepEqual([ultra.numAnalyses, minimal.numAnalyses], [600, 200]);
  assert.deepEqual([ultra.numTempoEstimates, minimal.numTempoEstimates], [17, 5]);
});

test("the slower one of moment and level counts", () => {
  assert.deepEqual(listeningRates(capsFor(0, 10), loadAt("minimal").budget), {
    analysesPerS: 20,
    beat: { stepsPerS: 30, estimateEveryMs: 2000 },
    feedIntervalMs: { fg: 100, bg: 100 },
  });
  assert.deepEqual(listeningRates(capsFor(1, 10), loadAt("ultra").budget), {
    analysesPerS: 30,
    beat: { stepsPerS: 10, estimateEveryMs: 600 },
    feedIntervalMs: { fg: 70, bg: 120 },
  });
});

/** A prefetch whose waiting is done by the test. */
function planned(level: string) {
  const load = loadAt(level);
  const waits: { action: () => void; ms: number }[] = [];
  let prepared = 0;
  const prefetch = new Prefetch({
    load,
    prepare: () => {
      prepared += 1;
    },
    nowMs: () => 1000,
    wait: (action, ms) => {
      waits.push({ action, ms });
      return 0 as unknown as ReturnType<typeof setTimeout>;
    },
  });
  prefetch.plan();
  return { load, waits, prepared: () => prepared };
}

test("the lower the level, the later the next presets are made ready", () => {
  const waited = ["ultra", "high", "medium", "low", "minimal"].map(
    (level) => planned(level).waits[0]?.ms.toFixed(0) ?? "",
  );
  assert.deepEqual(waited, ["1000", "1250", "1667", "2500", "5000"]);
});

test("nothing is made ready under pressure, and at once when it is over", () => {
  const { load, waits, prepared } = planned("ultra");
  load.pressure.trigger(1000, 700);
  waits[0]?.action();
  assert.deepEqual([prepared(), waits[1]?.ms], [0, 700]);
  load.pressure.trigger(0, 0);
  const later = planned("ultra");
  later.waits[0]?.action();
  assert.deepEqual([later.prepared(), later.waits.length], [1, 1]);
});
