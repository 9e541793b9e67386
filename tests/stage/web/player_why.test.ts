import assert from "node:assert/strict";
import { test } from "node:test";
import { selectionLine, whyPicked } from "../../../aivj/stage/web/src/player/coupled_state.ts";
import type { PickSettings } from "../../../aivj/stage/web/src/player/selection.ts";

const SETTINGS: PickSettings = {
  mode: "weighted",
  formula: "power",
  gamma: 4,
  explore: 0,
  dedupN: 0,
  dedupPenalty: 0,
};
const PAIRS = [{ pair: 0, quality01: 0.2 }, { pair: 7, quality01: 0.9 }, { pair: 9 }];
const [WORSE, BEST, UNSCORED] = PAIRS as [(typeof PAIRS)[0], (typeof PAIRS)[0], (typeof PAIRS)[0]];

const why = (listed: (typeof PAIRS)[0], settings: Partial<PickSettings> = {}, fallback = "") => {
  const { mode } = { ...SETTINGS, ...settings };
  return whyPicked({ listed, mode, fallback }, { ...SETTINGS, ...settings }, PAIRS, 0.614);
};

test("people read why a pair was picked", () => {
  assert.equal(why(BEST), "weighted by score (gamma 4), the best of 3");
  assert.equal(why(WORSE), "weighted by score (gamma 4), number 2 of 3");
  assert.equal(why(UNSCORED), "weighted by score (gamma 4), without a score, one of 3");
  assert.equal(why(BEST, { gamma: 0 }), "weighted, but with gamma 0 all 3 count alike");
  assert.equal(why(BEST, { formula: "affinity" }), "for music of intensity 0.61, the best of 3");
  assert.equal(why(BEST, { mode: "random" }), "at random among 3");
  assert.equal(why(BEST, { mode: "shuffle" }), "next in the shuffled order of 3");
  assert.match(why(BEST, {}, "fallback:no-audio"), /since no music is heard$/);
});

test("programs read the same in one line", () => {
  const picked = { listed: BEST, mode: "weighted", fallback: "" } as const;
  assert.equal(
    selectionLine("p", picked, "button"),
    "[sel] mode=weighted pack=p pair=7 q=0.9 presetId=coupled:p:7:fg reason=button",
  );
  const deaf = { listed: UNSCORED, mode: "random", fallback: "fallback:no-audio" } as const;
  assert.equal(
    selectionLine("p", deaf, "button"),
    "[sel] mode=random pack=p pair=9 q=na presetId=coupled:p:9:fg reason=fallback:no-audio",
  );
});
