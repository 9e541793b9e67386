import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AutoDirector,
  cooldownMs,
  type DirectorInputs,
  risesOnPulse,
  type SwitchRequest,
} from "../../../aivj/stage/web/src/director/auto_director.ts";
import type { Scene } from "../../../aivj/stage/web/src/director/scenes.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";
import { everyFrame, featuresOf } from "./director_signals.ts";

const FRAMES_PER_S = 60;
const FRAME_MS = 1000 / FRAMES_PER_S;
const MACROS = { fusion: 0.5, motion: 0.7, sparkle: 0.5 };
const LONG_AGO = { scene: "techno", changedAtMs: -1e9 } as const;

/** Music with a beat to trust, in which nothing happens. */
const STEADY = featuresOf({
  rms: 0.1,
  audible: true,
  energyFast01: 0.6,
  energySlow01: 0.6,
  beatPulse01: 1,
  beatQuality01: 1,
  beatTrusted: true,
});
const RISING = { ...STEADY, energySlow01: 0.3 };

function inputsAt(nowMs: number, given: Partial<DirectorInputs> = {}): DirectorInputs {
  return {
    features: STEADY,
    macros: MACROS,
    scene: LONG_AGO,
    nowMs,
    frameP95Ms: 8,
    humanHold: false,
    midiLock: false,
    forcedOpen: false,
    ...given,
  };
}

type Requested = [nowS: number, request: SwitchRequest];

/** What a director asks for while it hears the same. */
function requestsOf(
  director: AutoDirector,
  span: readonly [number, number],
  given: Partial<DirectorInputs> | ((nowMs: number) => Partial<DirectorInputs>),
): Requested[] {
  const requests: Requested[] = [];
  everyFrame(span, FRAMES_PER_S, (nowMs) => {
    const inputs = inputsAt(nowMs, typeof given === "function" ? given(nowMs) : given);
    const { request } = director.advance(inputs);
    if (request !== null) requests.push([nowMs / 1000, request]);
  });
  return requests;
}

function foregroundTimes(requests: readonly Requested[]): number[] {
  return requests.filter(([, { layer }]) => layer === "foreground").map(([timeS]) => timeS);
}

/** That something happens every so many seconds, a frame late at most. */
function assertEvery(times: readonly number[], periodS: number, fewest: number) {
  assert.ok(times.length >= fewest, `${times.length} times: ${times}`);
  for (const [index, timeS] of times.entries()) {
    const gapS = timeS - (times[index - 1] ?? 0);
    assert.ok(gapS >= periodS - 1e-9 && gapS <= periodS + 0.02, `${gapS} s at ${timeS} s`);
  }
}

test("cool-downs are those of the scene, and longer without a beat", () => {
  const cases: [Scene, number, number][] = [
    ["ambient", 1, 22_000],
    ["rock", 1, 14_000],
    ["techno", 1, 11_000],
    ["ambient", 0, 46_200],
    ["techno", 0.5, 17_050],
  ];
  for (const [scene, beatQuality01, expected] of cases) {
    assert.ok(Math.abs(cooldownMs(scene, beatQuality01) - expected) < 1e-9, scene);
  }
});

test("the energy trigger needs all four", () => {
  const rises = (heard: Partial<typeof RISING>, motion = 0.7, sparkle = 0.2) =>
    risesOnPulse({ ...RISING, ...heard }, { fusion: 1, motion, sparkle });
  assert.ok(rises({}));
  assert.ok(rises({ energySlow01: 0.39 }));
  assert.equal(rises({ energySlow01: 0.41 }), false);
  assert.ok(rises({}, 0.2, 0.61));
  assert.equal(rises({}, 0.6, 0.6), false);
  assert.ok(rises({ beatQuality01: 0.36 }));
  assert.equal(rises({ beatQuality01: 0.35 }), false);
  // The pulse must be above 0.2 for a perfect beat, above 0.17 for one of 0.5.
  assert.ok(rises({ beatPulse01: 0.21 }));
  assert.equal(rises({ beatPulse01: 0.2 }), false);
  assert.ok(rises({ beatPulse01: 0.18, beatQuality01: 0.5 }));
  assert.equal(rises({ beatPulse01: 0.16, beatQuality01: 0.5 }), false);
});

test("rising energy switches once a cool-down", () => {
  for (const [scene, periodS] of [
    ["ambient", 22],
    ["rock", 14],
    ["techno", 11],
  ] as const) {
    const director = new AutoDirector();
    const given = { features: RISING, scene: { scene, changedAtMs: -1e9 } };
    const requests = requestsOf(director, [0, 100], given);
    assertEvery(foregroundTimes(requests), periodS, 4);
    const triggers = requests.filter(([, { layer }]) => layer === "foreground");
    assert.ok(triggers.every(([, { trigger }]) => trigger === "energy"));
  }
});

test("a changed scene switches within 3 s of it, and with a beat", () => {
  const shiftedAt = (changedAtMs: number, beatQuality01: number, atS: number) => {
    const scene = { scene: "rock", changedAtMs } as const;
    const director = new AutoDirector();
    requestsOf(director, [0, atS], {});
    return requestsOf(director, [atS, atS + 0.01], {
      features: { ...STEADY, beatQuality01 },
      scene,
    });
  };
  const [[, request] = assert.fail("no request")] = shiftedAt(37_001, 1, 40);
  assert.deepEqual(request, { layer: "foreground", trigger: "scene" });
  assert.deepEqual(shiftedAt(37_000, 1, 40), []);
  assert.equal(shiftedAt(39_000, 0.26, 40).length, 1);
  assert.deepEqual(shiftedAt(39_000, 0.25, 40), []);
  // The cool-down of rock is 14 s.
  assert.deepEqual(shiftedAt(13_000, 1, 13.9), []);
  assert.equal(shiftedAt(13_000, 1, 14).length, 1);
});

test("techno gets another background, in the rhythm of its gate", () => {
  const requests = requestsOf(new AutoDirector(), [0, 200], {});
  const expected = { layer: "background", trigger: "background" };
  assert.ok(requests.every(([, request]) => request.layer === "background"));
  assert.deepEqual(requests[0]?.[1], expected);
  assertEvery(
    requests.map(([timeS]) => timeS),
    30,
    6,
  );
  // A gate that is forced open leaves the director's own 18 s.
  const forced = requestsOf(new AutoDirector(), [0, 200], { forcedOpen: true });
  assertEvery(
    forced.map(([timeS]) => timeS),
    18,
    11,
  );
});

test("only techno with a beat gets another background", () => {
  const rock = { scene: { scene: "rock", changedAtMs: -1e9 } } as const;
  assert.deepEqual(requestsOf(new AutoDirector(), [0, 100], rock), []);
  const weak = { features: { ...STEADY, beatQuality01: 0.6 } };
  assert.deepEqual(requestsOf(new AutoDirector(), [0, 100], weak), []);
});

test("each gate alone keeps the picture", () => {
  const closing: [string, Partial<DirectorInputs>][] = [
    ["hold", { humanHold: true }],
    ["hold", { midiLock: true }],
    ["audio", { features: { ...RISING, rms: 0.005 } }],
    ["beat", { features: { ...RISING, beatTrusted: false } }],
    ["frame-time", { frameP95Ms: 10.6 }],
  ];
  for (const [gate, given] of closing) {
    const director = new AutoDirector();
    const inputs = { features: RISING, ...given };
    assert.deepEqual(requestsOf(director, [0, 60], inputs), [], gate);
    assert.deepEqual(director.advance(inputsAt(60_000, inputs)).closedGates, [gate]);
    // Once it opens, nothing else is in the way.
    assert.ok(requestsOf(director, [60.1, 62], { features: RISING }).length > 0, gate);
  }
  for (const frameP95Ms of [10.5, null]) {
    const requests = requestsOf(new AutoDirector(), [0, 12], { features: RISING, frameP95Ms });
    assert.equal(requests.length, 1);
  }
});

test("a foreground just switched says so for 4 s", () => {
  const director = new AutoDirector();
  requestsOf(director, [0, 10], {});
  director.noteSwitch("foreground", 10_000);
  for (const [nowMs, closedGates] of [
    [10_000, ["cooldown"]],
    [13_999, ["cooldown"]],
    [14_000, []],
  ] as const) {
    assert.deepEqual(director.advance(inputsAt(nowMs)).closedGates, closedGates, `${nowMs} ms`);
  }
});

test("audio must be there for 12 frames, a beat for 1.5 s", () => {
  const director = new AutoDirector();
  const quiet = { ...RISING, rms: 0 };
  requestsOf(director, [0, 20], { features: quiet });
  const [[heardS] = assert.fail("no request")] = requestsOf(director, [20, 25], {
    features: RISING,
  });
  assert.ok(Math.abs(heardS - (20 + 11 / FRAMES_PER_S)) < 1e-6, `${heardS} s`);
  const untrusted = { ...RISING, beatTrusted: false };
  requestsOf(director, [25, 45], { features: untrusted });
  const [[trustedS] = assert.fail("no request")] = requestsOf(director, [45, 50], {
    features: RISING,
  });
  assert.ok(Math.abs(trustedS - 46.5) < 1e-6, `${trustedS} s`);
});

test("forcing opens the gates, but takes nobody's picture away", () => {
  const bad = { features: { ...RISING, rms: 0, beatTrusted: false }, frameP95Ms: 40 };
  const forced = { ...bad, forcedOpen: true };
  assert.deepEqual(requestsOf(new AutoDirector(), [0, 60], bad), []);
  assert.ok(requestsOf(new AutoDirector(), [0, 60], forced).length > 0);
  for (const held of [{ humanHold: true }, { midiLock: true }]) {
    assert.deepEqual(requestsOf(new AutoDirector(), [0, 60], { ...forced, ...held }), []);
  }
});

test("a switch by hand begins the cool-downs anew", () => {
  const director = new AutoDirector();
  requestsOf(director, [0, 10], { features: RISING });
  director.noteSwitch("foreground", 10_000);
  const [[timeS, { layer }] = assert.fail("no request")] = requestsOf(director, [10, 30], {
    features: RISING,
  });
  assert.equal(layer, "foreground");
  assert.ok(Math.abs(timeS - 21) < 0.02, `${timeS} s`);
});

test("switches are never closer than their gates, whatever is heard", () => {
  const stream = new RandomStream(11);
  const director = new AutoDirector();
  const scenes = ["ambient", "techno", "rock"] as const;
  let scene: DirectorInputs["scene"] = { scene: "ambient", changedAtMs: 0 };
  const last = { foreground: 0, background: 0 };
  let numRequests = 0;
  everyFrame([0, 3600], 10, (nowMs) => {
    if (stream.next() < 0.01) {
      scene = { scene: scenes[Math.floor(3 * stream.next())] ?? "rock", changedAtMs: nowMs };
    }
    const features = {
      ...STEADY,
      energySlow01: stream.next(),
      beatQuality01: 0.5 + 0.5 * stream.next(),
      beatPulse01: stream.next(),
    };
    const { request } = director.advance(inputsAt(nowMs, { features, scene }));
    if (request === null) return;
    numRequests += 1;
    const gapMs = nowMs - last[request.layer];
    assert.ok(
      gapMs >= (request.layer === "foreground" ? 11_000 : 30_000) - FRAME_MS,
      `${gapMs} ms`,
    );
    last[request.layer] = nowMs;
  });
  assert.ok(numRequests > 100, `${numRequests} requests`);
});
