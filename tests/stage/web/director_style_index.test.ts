import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import {
  armOf,
  besideManifest,
  loadStyleIndex,
  parseStyleIndex,
} from "../../../aivj/stage/web/src/director/style_index.ts";
import {
  DEFAULT_POLICY,
  loadStylePolicy,
} from "../../../aivj/stage/web/src/director/style_policy.ts";
import { RandomStream } from "../../../aivj/stage/web/src/render/random.ts";

const ENTRY = { presetId: "a", authorKey: "c01", energy: "calm", tags: ["energy:calm", "wave"] };

/** What a server answers, by file name; status 200 unless it is a number. */
type Answers = Readonly<Record<string, string | number>>;

let origin = "";
let answers: Answers = {};
let asked: string[] = [];

const server = createServer((request, response) => {
  const name = (request.url ?? "").split("/").at(-1) ?? "";
  asked.push(name);
  const answer = answers[name.replace(/\?.*/, "")] ?? 404;
  response.statusCode = typeof answer === "number" ? answer : 200;
  response.end(typeof answer === "number" ? "" : answer);
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.close();
  server.closeAllConnections();
});

async function loaded(files: Answers, query = "") {
  answers = files;
  asked = [];
  return await loadStyleIndex(`${origin}/presets/p/library-manifest.json${query}`, fetch);
}

function index(version: string, entries: unknown = [ENTRY]): string {
  return JSON.stringify({ version, generatedAt: "2026-03-01T00:00:00.000Z", pack: "p", entries });
}

const V1 = "aivj-style-index.v1.json";
const V0 = "aivj-style-index.v0.json";

test("v1 comes first, and v0 is not even asked for", async () => {
  const found = await loaded({ [V1]: index("v1"), [V0]: index("v0") });
  assert.equal(found?.version, "v1");
  assert.deepEqual(found?.entries, [ENTRY]);
  assert.deepEqual(asked, [V1]);
});

test("whatever is wrong with v1, v0 takes its place as a whole", async () => {
  const badEntries = [{ ...ENTRY, energy: "loud" }, { ...ENTRY, presetId: "" }, "a", null];
  const broken: (string | number)[] = [
    404,
    500,
    "{",
    "null",
    "[]",
    '"v1"',
    index("v0"),
    index("v2"),
    index("v1", {}),
    index("v1", null),
    index("v1", badEntries),
    JSON.stringify({ version: "v1", presets: [ENTRY], clusters: [] }),
  ];
  for (const answer of broken) {
    const v0 = index("v0", [{ ...ENTRY, presetId: "from v0" }]);
    const found = await loaded({ [V1]: answer, [V0]: v0 });
    assert.equal(found?.version, "v0", String(answer));
    assert.deepEqual(
      found?.entries.map(({ presetId }) => presetId),
      ["from v0"],
    );
    assert.deepEqual(asked, [V1, V0]);
    assert.equal(await loaded({ [V1]: answer, [V0]: 404 }), null);
  }
});

test("an empty index is valid, and v0 is not looked for", async () => {
  const found = await loaded({ [V1]: index("v1", []), [V0]: index("v0") });
  assert.deepEqual(found, { version: "v1", entries: [], names: new Map() });
});

test("of a valid index the entries that are not valid are left out", async () => {
  const entries = [
    { ...ENTRY, energy: "PEAK" },
    { presetId: "b", authorKey: "c02", energy: "peak" },
    { ...ENTRY, authorKey: 7 },
    { ...ENTRY, presetId: "c", tags: ["dots", 5, null] },
  ];
  const found = await loaded({ [V1]: index("v1", entries) });
  assert.deepEqual(found?.entries, [
    { presetId: "b", authorKey: "c02", energy: "peak", tags: [] },
    { ...ENTRY, presetId: "c", tags: ["dots"] },
  ]);
});

test("clusters are called what people call them", async () => {
  const clusters = [
    { id: "c01", label: "Hypnotic", count: 3 },
    { id: "c02", label: "c02" },
    { id: "c03", label: 7 },
    { label: "nobody's" },
    null,
  ];
  const document = { version: "v1", entries: [ENTRY], clusters };
  const found = await loaded({ [V1]: JSON.stringify(document) });
  assert.deepEqual(found?.names, new Map([["c01", "Hypnotic"]]));
  assert.deepEqual((await loaded({ [V1]: index("v1") }))?.names, new Map());
});

test("the query of the manifest is kept", async () => {
  const found = await loaded({ [V0]: index("v0") }, "?t=5");
  assert.equal(found?.version, "v0");
  assert.deepEqual(asked, [`${V1}?t=5`, `${V0}?t=5`]);
});

test("an index lies beside its manifest", () => {
  const cases = [
    ["/presets/p/library-manifest.json", "/presets/p/x.json"],
    ["/presets/p/library-manifest.json?a=1&b=/c", "/presets/p/x.json?a=1&b=/c"],
    ["/presets/p/library-manifest.json?a=1?b", "/presets/p/x.json?a=1?b"],
    ["/presets/p/", "/presets/p/x.json"],
    ["/presets/p", "/presets/p/x.json"],
    ["library-manifest.json", "x.json"],
  ] as const;
  for (const [manifest, expected] of cases) {
    assert.equal(besideManifest(manifest, "x.json"), expected);
  }
});

test("a server is asked past caches, and waited for no longer than 15 s", async (context) => {
  const limitsMs: number[] = [];
  context.mock.method(AbortSignal, "timeout", (limitMs: number) => {
    limitsMs.push(limitMs);
    return AbortSignal.abort();
  });
  const caches: string[] = [];
  const silent = (_: string, { cache, signal }: { cache: string; signal: AbortSignal }) => {
    caches.push(cache);
    return new Promise<never>((_resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
    });
  };
  assert.equal(await loadStyleIndex("/presets/p/library-manifest.json", silent), null);
  assert.deepEqual(limitsMs, [15_000, 15_000]);
  assert.deepEqual(caches, ["no-store", "no-store"]);
});

test("a server that is gone counts as no index", async () => {
  const gone = async () => {
    throw new TypeError("fetch failed");
  };
  assert.equal(await loadStyleIndex("/presets/p/library-manifest.json", gone), null);
});

test("the policy is found beside the index, or is the default", async () => {
  const url = `${origin}/presets/p/library-manifest.json`;
  answers = {
    "aivj-style-policy.v0.json": JSON.stringify({ version: "v0", preferSameAuthorChance: 0.25 }),
  };
  assert.deepEqual(await loadStylePolicy(url, fetch), {
    ...DEFAULT_POLICY,
    preferSameAuthorChance: 0.25,
  });
  answers = {};
  assert.equal(await loadStylePolicy(url, fetch), DEFAULT_POLICY);
});

test("an arm is a cluster and an energy", () => {
  assert.equal(armOf({ authorKey: "c01", energy: "peak" }), "c01:peak");
});

test("no document makes the parser fail, and what it returns is valid", () => {
  const stream = new RandomStream(5);
  const pick = <T>(values: readonly T[]) => values[Math.floor(stream.next() * values.length)];
  const scalars = ["", "a", "c01", "calm", "peak", 0, 1, null, true, [], {}, ["x"], undefined];
  let numValid = 0;
  for (let round = 0; round < 3000; round++) {
    const entries = Array.from({ length: Math.floor(stream.next() * 4) }, () =>
      stream.next() < 0.2
        ? pick(scalars)
        : {
            presetId: pick(scalars),
            authorKey: pick(scalars),
            energy: pick(scalars),
            tags: pick(scalars),
          },
    );
    const found = parseStyleIndex({ version: "v1", entries }, "v1");
    if (found === null) {
      assert.ok(entries.length > 0);
      continue;
    }
    numValid += 1;
    for (const { presetId, authorKey, energy, tags } of found.entries) {
      assert.ok(typeof presetId === "string" && presetId !== "");
      assert.ok(typeof authorKey === "string" && authorKey !== "");
      assert.ok(["calm", "groove", "peak"].includes(energy));
      assert.ok(tags.every((tag) => typeof tag === "string"));
    }
  }
  assert.ok(numValid > 500 && numValid < 2500, `${numValid} valid`);
});
