import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, mock, test } from "node:test";
import {
  isUsable,
  loadPack,
  qualityUrl,
  scoresOf,
  withScores,
} from "../../../aivj/stage/web/src/player/pack.ts";

const FILE = "tests/contracts/pair_entries.json";
/** Read by the tests of `aivj/contracts/pairs_manifest.py` as well. */
const ENTRIES: { entry: unknown; why: string | null }[] = JSON.parse(readFileSync(FILE, "utf8"));

const PAIRS = [
  { pair: 0, fgUrl: "/presets/p/fg/a.milk", bgUrl: "/presets/p/bg/a.milk" },
  { pair: 7, fgUrl: "/presets/p/fg/b.milk", bgUrl: "/presets/p/bg/b.milk", warp_diff: 0.04 },
];
const MANIFEST = { version: "v0", pack: "p", pairs: PAIRS };
const QUALITY = {
  pack: "p",
  qualityStats: { std: 0.2 },
  pairs: [
    { pair: 0, quality01: 0.25 },
    { pair: 7, quality01: 0.75 },
  ],
};

afterEach(() => mock.restoreAll());

/** Answers each address with the text given for it, and 404 otherwise; records the console. */
function serve(files: Record<string, unknown>) {
  const fetched: string[] = [];
  mock.method(globalThis, "fetch", async (url: string, options: RequestInit) => {
    assert.equal(options.cache, "no-store");
    fetched.push(url);
    const name = url.slice(url.lastIndexOf("/") + 1);
    if (!(name in files)) return new Response("", { status: 404 });
    const body = files[name];
    return new Response(typeof body === "string" ? body : JSON.stringify(body));
  });
  const info = mock.method(console, "info", () => {}).mock;
  const warn = mock.method(console, "warn", () => {}).mock;
  return { fetched, info, warn };
}

const MANIFEST_FILE = "pairs-manifest.v0.json";
const QUALITY_FILE = "pairs-quality.v0.json";

test("scores are merged by id, and the console says so", async () => {
  const { fetched, info, warn } = serve({ [MANIFEST_FILE]: MANIFEST, [QUALITY_FILE]: QUALITY });
  const pack = await loadPack("p", MANIFEST_FILE);
  assert.deepEqual(
    pack?.pairs.map((listed) => [listed.pair, listed.quality01]),
    [
      [0, 0.25],
      [7, 0.75],
    ],
  );
  assert.equal(pack?.pairs[1]?.warp_diff, 0.04);
  assert.deepEqual(fetched, [`/presets/p/${MANIFEST_FILE}`, `/presets/p/${QUALITY_FILE}`]);
  assert.deepEqual(info.calls[0]?.arguments, [
    "[coupled-pairs] loaded pairs-quality",
    { pack: "p", url: `/presets/p/${QUALITY_FILE}`, std: 0.2, pairs: 2 },
  ]);
  assert.equal(warn.callCount(), 0);
});

test("a missing quality file is warned of and leaves pairs without score", async () => {
  const { info, warn } = serve({ [MANIFEST_FILE]: MANIFEST });
  const pack = await loadPack("p", MANIFEST_FILE);
  assert.deepEqual(pack?.pairs, PAIRS);
  assert.equal(info.callCount(), 0);
  assert.match(
    String(warn.calls[0]?.arguments[0]),
    /^\[coupled-pairs\] failed to load pairs-quality/,
  );
});

test("a quality file of another pack, or one that is not JSON, is ignored in silence", async () => {
  for (const quality of [{ ...QUALITY, pack: "q" }, '{"pack": "p", "pairs": NaN}', "[]"]) {
    const { info, warn } = serve({ [MANIFEST_FILE]: MANIFEST, [QUALITY_FILE]: quality });
    const pack = await loadPack("p", MANIFEST_FILE);
    assert.deepEqual(pack?.pairs, PAIRS);
    assert.equal(info.callCount() + warn.callCount(), 0);
    mock.restoreAll();
  }
});

test("without statistics the console says NaN", async () => {
  const { info } = serve({
    [MANIFEST_FILE]: MANIFEST,
    [QUALITY_FILE]: { pack: "p", pairs: QUALITY.pairs },
  });
  await loadPack("p", MANIFEST_FILE);
  const shown = info.calls[0]?.arguments[1 as never] as { std: number } | undefined;
  assert.ok(Number.isNaN(shown?.std));
});

test("a manifest under another name gets no scores", async () => {
  const filtered = "pairs-manifest.filtered.current.json";
  const { fetched } = serve({ [filtered]: MANIFEST, [QUALITY_FILE]: QUALITY });
  assert.deepEqual((await loadPack("p", filtered))?.pairs, PAIRS);
  assert.deepEqual(fetched, [`/presets/p/${filtered}`]);
  assert.equal(qualityUrl(`/presets/p/${MANIFEST_FILE}?v=2`), null);
  assert.equal(qualityUrl(`/presets/p/${MANIFEST_FILE}`), `/presets/p/${QUALITY_FILE}`);
});

test("a manifest that is missing, broken, foreign or empty makes no pack", async () => {
  const unfit = [
    "{",
    "[]",
    "null",
    { ...MANIFEST, pack: "q" },
    { ...MANIFEST, pairs: [] },
    { ...MANIFEST, pairs: "many" },
  ];
  for (const manifest of unfit) {
    serve({ [MANIFEST_FILE]: manifest, [QUALITY_FILE]: QUALITY });
    assert.equal(await loadPack("p", MANIFEST_FILE), null);
    mock.restoreAll();
  }
  serve({});
  assert.equal(await loadPack("p", MANIFEST_FILE), null);
});

test("the pack's name is encoded in addresses", async () => {
  const pairs = [{ pair: 1, fgUrl: "/presets/a b/f.milk", bgUrl: "/presets/a b/b.milk" }];
  const { fetched } = serve({ [MANIFEST_FILE]: { pack: "a b", pairs } });
  assert.equal((await loadPack("a b", MANIFEST_FILE))?.name, "a b");
  assert.equal(fetched[0], `/presets/a%20b/${MANIFEST_FILE}`);
});

test("entries whose id or score is no finite number are skipped, and the last one wins", () => {
  const pairs = [
    { pair: 1, quality01: 0.1 },
    { pair: "2", quality01: 0.2 },
    { pair: 3, quality01: "0.3" },
    { pair: 4, quality01: null },
    { pair: 5, quality01: 5 },
    null,
    6,
    { pair: 1, quality01: 0.9 },
  ];
  assert.deepEqual(
    [...scoresOf({ pack: "p", pairs }, "p")],
    [
      [1, 0.9],
      [5, 5],
    ],
  );
  assert.equal(scoresOf({ pack: "p", pairs: {} }, "p").size, 0);
});

test("an id that is text never matches", () => {
  const listed = { ...PAIRS[1], pair: "7" as unknown as number };
  assert.deepEqual(withScores([listed], new Map([[7, 0.5]])), [listed]);
});

test("an entry that cannot be used keeps its place and costs its own pair", async () => {
  for (const { entry, why } of ENTRIES) {
    const pairs = [{ ...PAIRS[0], pair: 40 }, entry, { ...PAIRS[0], pair: 41 }];
    const { warn } = serve({ [MANIFEST_FILE]: { pack: "p", pairs } });
    const listed = (await loadPack("p", MANIFEST_FILE))?.pairs ?? [];
    const usable = listed.filter(isUsable).map(({ pair }) => pair);
    const expected = why === null ? [40, (entry as { pair: number }).pair, 41] : [40, 41];
    assert.deepEqual(usable, expected, JSON.stringify(entry));
    assert.equal(listed.length, 3);
    const told = warn.calls.map((call) => String(call.arguments[0]));
    assert.equal(told[0]?.includes("1 of 3 pairs of p cannot be used") ?? false, why !== null);
    mock.restoreAll();
  }
});

test("of two entries with one id the first has it, and the score", async () => {
  serve({
    [MANIFEST_FILE]: { pack: "p", pairs: [...PAIRS, { ...PAIRS[0], pair: 7 }] },
    [QUALITY_FILE]: QUALITY,
  });
  const pack = await loadPack("p", MANIFEST_FILE);
  assert.deepEqual(pack?.pairs[2], {});
  assert.equal(pack?.pairs[1]?.quality01, 0.75);
});

test("an entry that cannot be used gets no score, and none that can makes no pack", async () => {
  const bad = { ...PAIRS[1], bgUrl: "/presets/p/%2e%2e/secret.milk" };
  serve({ [MANIFEST_FILE]: { pack: "p", pairs: [PAIRS[0], bad] }, [QUALITY_FILE]: QUALITY });
  assert.deepEqual((await loadPack("p", MANIFEST_FILE))?.pairs[1], { pair: 7 });
  mock.restoreAll();
  serve({ [MANIFEST_FILE]: { pack: "p", pairs: [bad, null] } });
  assert.equal(await loadPack("p", MANIFEST_FILE), null);
});
