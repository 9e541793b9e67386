import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../../../aivj/stage/web/src/prefer/api.ts";
import { MusicClock } from "../../../aivj/stage/web/src/prefer/music.ts";
import { actionOf, progressText } from "../../../aivj/stage/web/src/prefer/panel.ts";

const NO_MODIFIER = { ctrlKey: false, altKey: false, metaKey: false };
const STATE = { pack: "p", by: "ada", number: 1, couple: null, canUndo: false };

test("keys do what the page says, and the browser keeps its own", () => {
  const keys = ["ArrowLeft", "ArrowRight", "ArrowDown", "t", "T", "s", "u", " ", "m", "x", "Enter"];
  assert.deepEqual(
    keys.map((key) => actionOf({ key, ...NO_MODIFIER })),
    ["left", "right", "neither", "neither", "neither", "skip", "undo", "pause", "mute", null, null],
  );
  for (const modifier of ["ctrlKey", "altKey", "metaKey"]) {
    assert.equal(actionOf({ key: "ArrowLeft", ...NO_MODIFIER, [modifier]: true }), null);
  }
});

test("progress is told in words", () => {
  const many = { ...STATE, numComparisons: 37, numToday: 3, orderCertainty01: 0.7149 };
  assert.equal(progressText(many), "37 comparisons · 3 by you today · order 71 % sure");
  const one = { ...STATE, numComparisons: 1, numToday: 0, orderCertainty01: 0.5 };
  assert.equal(progressText(one), "1 comparison · 0 by you today · order 50 % sure");
});

test("music goes with the sound card while that plays, and stands while it is paused", () => {
  const clock = new MusicClock();
  clock.advance(500, null);
  assert.equal(clock.timeS, 0.5);
  clock.follow(70);
  clock.advance(600, null);
  assert.equal(clock.timeS, 0.6);
  clock.advance(2000, 71.25);
  assert.equal(clock.timeS, 1.75);
  clock.paused = true;
  clock.advance(4000, null);
  assert.equal(clock.timeS, 1.75);
  clock.paused = false;
  clock.advance(4500, null);
  assert.equal(clock.timeS, 2.25);
  clock.advance(4600, 71.5);
  assert.equal(clock.timeS, 2);
});

/** A server that gives one answer, and the requests that it was sent. */
function answering(answer: () => Response | Promise<Response>) {
  const requests: Request[] = [];
  const fetcher = async (path: string | URL | Request, init?: RequestInit) => {
    requests.push(new Request(`http://127.0.0.1${path}`, init));
    return await answer();
  };
  return { api: new Api("token", fetcher), requests };
}

test("requests carry the token, the couple's number, and what was said of it", async () => {
  const { api, requests } = answering(() => Response.json({ number: 8 }));
  assert.equal((await api.state()).number, 8);
  await api.answer("right", 7);
  await api.answer("undo", 7);
  await api.fail(3, "black", 7);
  assert.ok(requests.every(({ headers }) => headers.get("X-AIVJ-Token") === "token"));
  const told = await Promise.all(
    requests.slice(1).map(async (request) => [new URL(request.url).pathname, await request.json()]),
  );
  assert.deepEqual(told, [
    ["/prefer/judge", { number: 7, better: "right" }],
    ["/prefer/undo", { number: 7 }],
    ["/prefer/fail", { number: 7, pair: 3, reason: "black" }],
  ]);
});

test("refusals are told as the server words them", async () => {
  const refused = (body: string, status: number) => answering(() => new Response(body, { status }));
  const { api } = refused('{"error":"expected a, found b"}', 400);
  await assert.rejects(api.answer("left", 1), { message: "expected a, found b" });
  const { api: stranger } = refused("open the address that was printed", 403);
  await assert.rejects(stranger.state(), /refused: open the address that was printed/);
  const { api: lonely } = answering(() => Promise.reject(new TypeError("Failed to fetch")));
  await assert.rejects(lonely.state(), /does not answer: start it again/);
});
