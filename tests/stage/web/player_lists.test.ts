import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchable, presetName } from "../../../aivj/stage/web/src/page/converted.ts";
import { parseCatalogue } from "../../../aivj/stage/web/src/player/catalogue.ts";
import { FAVOURITES_KEY, Favourites } from "../../../aivj/stage/web/src/player/favourites.ts";
import { parseLibrary } from "../../../aivj/stage/web/src/player/library.ts";
import { namesFrom, Titles } from "../../../aivj/stage/web/src/player/titles.ts";

function memoryStore(items: Record<string, string> = {}) {
  return {
    items,
    getItem: (key: string) => items[key] ?? null,
    setItem: (key: string, value: string) => {
      items[key] = value;
    },
  };
}

test("a library's presets need an id and an address, no more", () => {
  const url = "/presets/l/A - Soft Wave.milk";
  const presets = [{ id: "a", url, label: "A - Soft Wave.milk" }, { id: "b", url }, { id: "c" }, 7];
  assert.deepEqual(parseLibrary({ version: "v3", presets }), [
    { id: "a", label: "A - Soft Wave", url },
    { id: "b", label: "b", url },
  ]);
  for (const unusable of [null, [], {}, { presets: {} }, { presets: [{ id: "c" }] }]) {
    assert.equal(parseLibrary(unusable), null);
  }
});

test("what the server lists, as far as it can be read", () => {
  const music = [{ name: "a.mp3", url: "/__local_audio?path=a.mp3" }];
  const packs = [{ name: "p", numPairs: 3, numPresets: null }, { name: "" }, { name: "q" }];
  assert.deepEqual(parseCatalogue({ packs, music: [...music, {}] }), {
    packs: [
      { name: "p", numPairs: 3, numPresets: null },
      { name: "q", numPairs: null, numPresets: null },
    ],
    music,
  });
  assert.deepEqual(parseCatalogue(null), { packs: [], music: [] });
});

test("addresses reach the server as they stand in manifests", () => {
  assert.equal(fetchable("/presets/p/a b#1?.milk"), "/presets/p/a b%231%3F.milk");
  assert.equal(fetchable("/presets/p/50%.milk"), "/presets/p/50%25.milk");
  assert.equal(fetchable("/presets/p/a%20b.milk"), "/presets/p/a%20b.milk");
});

test("presets are called by their files, and by what these were copied from", () => {
  assert.equal(presetName("/presets/p/fg/Soft%20Wave.MILK"), "Soft Wave");
  assert.equal(presetName("/presets/p/50%.milk"), "50%");
  const document = {
    pairs: [
      { fg: { file: "fg/p0.milk", source: "x/A - 50% Wave.milk" }, bg: { file: "bg/p0.milk" } },
      null,
    ],
  };
  const titles = new Titles(namesFrom(document, "/presets/p/"));
  assert.equal(titles.of("/presets/p/fg/p0.milk"), "A - 50% Wave");
  assert.equal(titles.of("/presets/p/bg/p0.milk"), "p0");
  assert.equal(namesFrom({ pairs: 7 }, "/").size, 0);
});

test("favourites are marked, unmarked, and outlive the page", () => {
  const store = memoryStore();
  const favourites = new Favourites(store, () => 5);
  const wave = { programme: "p", choiceId: "7", label: "wave" };
  assert.equal(favourites.toggle(wave), true);
  assert.equal(favourites.toggle({ ...wave, choiceId: "8" }), true);
  assert.ok(favourites.has("p", "7"));
  assert.ok(!favourites.has("q", "7"));
  const later = new Favourites(store, () => 6);
  assert.deepEqual(
    later.all.map(({ choiceId, savedAt }) => [choiceId, savedAt]),
    [
      ["8", 5],
      ["7", 5],
    ],
  );
  assert.equal(later.toggle(wave), false);
  assert.ok(!later.has("p", "7"));
  assert.equal(later.all.length, 1);
});

test("kept favourites that cannot be read are none", () => {
  for (const text of ["{", "[]", '{"items":7}', '{"items":[{"programme":"p"},null]}']) {
    assert.equal(new Favourites(memoryStore({ [FAVOURITES_KEY]: text }), () => 0).all.length, 0);
  }
});
