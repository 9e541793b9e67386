import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import type { LiveLayer } from "../../../aivj/stage/web/src/page/live_layer.ts";
import type { Pace } from "../../../aivj/stage/web/src/page/pace.ts";
import { Preparation } from "../../../aivj/stage/web/src/player/preparation.ts";

/** Idle moments come when the test says so. */
let idle: (() => void)[] = [];

beforeEach(() => {
  idle = [];
  Object.assign(globalThis, { requestIdleCallback: (goOn: () => void) => idle.push(goOn) });
  mock.method(console, "info", () => {});
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function passIdleMoments(): Promise<void> {
  for (let moment = 0; moment < 20; moment++) {
    for (const goOn of idle.splice(0)) goOn();
    await settle();
  }
}

/** Builds layers in two slices; presets called "broken" fail in the second. */
class FakeScreen {
  readonly alive = new Set<string>();

  async build(_: string, preset: object, __: number, pace: Pace): Promise<LiveLayer> {
    const { name } = preset as { name: string };
    await pace.turn();
    this.alive.add(name);
    const release = () => this.alive.delete(name);
    try {
      await pace.turn();
      if (name.includes("broken")) throw new Error("no such function");
    } catch (error) {
      release();
      throw error;
    }
    return { release } as unknown as LiveLayer;
  }
}

function prepared() {
  const screen = new FakeScreen();
  let misses = 0;
  const load = async (url: string) => ({ preset: { name: url }, degradedReasons: [] });
  const onMiss = () => {
    misses += 1;
  };
  const preparation = new Preparation(screen, onMiss, load);
  return { screen, preparation, misses: () => misses };
}

const order = (fg: string, bg = "back") => ({ key: `${fg} ${bg}`, urls: { fg, bg }, seed: 1 });

test("what is wanted at once waits for no idle moment", async () => {
  const { screen, preparation, misses } = prepared();
  const { layers, report } = await preparation.take(order("a"));
  assert.deepEqual(Object.keys(layers), ["fg", "bg"]);
  assert.deepEqual([...screen.alive], ["a", "back"]);
  assert.deepEqual([report.cache, report.outcome, misses()], ["miss", "ok", 1]);
});

test("what is made ready ahead is taken as it is", async () => {
  const { preparation, misses } = prepared();
  preparation.ahead(order("a"));
  await passIdleMoments();
  assert.equal(preparation.aheadKey, "a back");
  const { report } = await preparation.take(order("a"));
  assert.deepEqual([report.cache, report.token, misses()], ["prefetched", 1, 0]);
  assert.equal(preparation.aheadKey, null);
});

test("what is not yet ready is hurried", async () => {
  const { preparation } = prepared();
  preparation.ahead(order("a"));
  await settle();
  assert.equal(idle.length, 1);
  const { report } = await preparation.take(order("a"));
  assert.equal(report.outcome, "ok");
});

test("what was made ready for nothing goes, whether done or not", async () => {
  const { screen, preparation } = prepared();
  preparation.ahead(order("done"));
  await passIdleMoments();
  await preparation.take(order("wanted"));
  await settle();
  assert.deepEqual([...screen.alive], ["wanted", "back"]);
  preparation.ahead(order("begun", "behind"));
  await settle();
  for (const goOn of idle.splice(0)) goOn();
  await settle();
  preparation.cancelAhead();
  await settle();
  assert.ok(!screen.alive.has("begun"));
});

test("the same order again is not begun anew, another takes its place", async () => {
  const { preparation } = prepared();
  preparation.ahead(order("a"));
  preparation.ahead(order("a"));
  await passIdleMoments();
  preparation.ahead(order("b"));
  await passIdleMoments();
  const { report } = await preparation.take(order("b"));
  assert.deepEqual([report.token, report.cache], [2, "prefetched"]);
});

test("a preset that fails is told when it is wanted, and leaves nothing", async () => {
  const { screen, preparation } = prepared();
  preparation.ahead(order("a", "broken"));
  await passIdleMoments();
  await assert.rejects(preparation.take(order("a", "broken")), /^Error: background: no such/);
  assert.deepEqual([...screen.alive], []);
  const { outcome, errorText } = preparation.lastReport ?? {};
  assert.deepEqual([outcome, errorText], ["failed", "background: no such function"]);
});

test("what is made ready ahead is told in the lines of the runtime's log", async () => {
  const lines: string[] = [];
  mock.method(console, "info", (line: string) => lines.push(line));
  const { preparation } = prepared();
  preparation.ahead(order("a.milk"));
  assert.equal(preparation.isMakingAhead, true);
  preparation.ahead(order("a.milk"));
  await settle();
  await passIdleMoments();
  assert.equal(preparation.isMakingAhead, false);
  preparation.ahead(order("broken.milk"));
  await settle();
  await passIdleMoments();
  assert.deepEqual(
    lines.map((line) => line.replace(/\d+ms/, "Nms")),
    [
      "[Preload] Skip a",
      "[Preload] batchSize 2",
      "[Preload] batch done in Nms",
      "[Preload] Failed: broken (foreground: no such function)",
    ],
  );
});
