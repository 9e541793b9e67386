import assert from "node:assert/strict";
import { test } from "node:test";
import type { AudioFeatures } from "../../../aivj/stage/web/src/director/audio_features.ts";
import { AutoAdvance } from "../../../aivj/stage/web/src/player/auto.ts";
import { Conductor, type ConductorParts } from "../../../aivj/stage/web/src/player/conductor.ts";
import { Load } from "../../../aivj/stage/web/src/player/load/load.ts";
import type { ChangeRequest } from "../../../aivj/stage/web/src/player/programme.ts";
import { FRAME_MS, loudMusic } from "./player_music.ts";

/** A show that only writes down what it is asked for. */
function rehearsed(features: (nowMs: number) => AudioFeatures, forcedOpen = false) {
  const asked: string[] = [];
  const auto = new AutoAdvance();
  const ear = { features: features(0) };
  const show = {
    nowPlaying: { presetIds: { fg: "a", bg: "b" } },
    programme: { note: (signal: string) => asked.push(signal) },
    next: async ({ reason }: ChangeRequest) => {
      asked.push(reason);
      return true;
    },
    nextBackground: async ({ reason }: ChangeRequest) => {
      asked.push(`background ${reason}`);
      return true;
    },
  };
  const parts = { ear, show, auto, load: new Load("high", () => {}), forcedOpen: () => forcedOpen };
  const conductor = new Conductor(parts as unknown as ConductorParts);
  let nowMs = 0;
  const play = async (seconds: number) => {
    for (let frame = 0; frame < (seconds * 1000) / FRAME_MS; frame++) {
      nowMs += FRAME_MS;
      ear.features = features(nowMs);
      conductor.advance(nowMs);
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  conductor.noteChange(["fg", "bg"], nowMs);
  return { asked, auto, conductor, play };
}

test("in silence the picture changes when its time is over, and again", async () => {
  const silence = (nowMs: number) => ({ ...loudMusic(nowMs), rms: 0, beatTrusted: false });
  const { asked, auto, play } = rehearsed(silence);
  auto.intervalS = 20;
  await play(45);
  assert.deepEqual(asked, ["auto", "auto"]);
});

test("music with a beat changes it earlier, unless it may not", async () => {
  const music = rehearsed(loudMusic, true);
  await music.play(60);
  assert.ok(
    music.asked.some((reason) => reason === "director:energy"),
    `${music.asked}`,
  );
  const deaf = rehearsed(loudMusic, true);
  deaf.conductor.followsMusic = false;
  await deaf.play(60);
  assert.deepEqual(deaf.asked, []);
});

test("held or not automatic, nothing changes; a long hold is a sign that it is liked", async () => {
  const { asked, auto, play } = rehearsed(loudMusic, true);
  auto.enabled = false;
  await play(200);
  assert.deepEqual(asked, []);
  Object.assign(auto, { enabled: true, held: true });
  await play(70);
  assert.deepEqual(asked, ["hold"]);
});
