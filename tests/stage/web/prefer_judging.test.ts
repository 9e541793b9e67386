import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Couple, State } from "../../../aivj/stage/web/src/prefer/api.ts";
import { ContextLost, PairFailure } from "../../../aivj/stage/web/src/prefer/failures.ts";
import { Judging } from "../../../aivj/stage/web/src/prefer/judging.ts";

function pair(id: number) {
  return { pair: id, fgUrl: `/presets/p/fg/${id}.milk`, bgUrl: `/presets/p/bg/${id}.milk` };
}

/** A server whose couples are 1 and 2, 3 and 4, ..., of pairs that were not left out. */
class Server {
  number = 1;
  leftOut = new Set<number>();
  asked: string[] = [];
  failure: Error | null = null;

  constructor(readonly numCouples = 100) {}

  async state(): Promise<State> {
    return {
      pack: "p",
      by: "ada",
      number: this.number,
      couple: this.number > this.numCouples ? null : this.#couple(),
      numComparisons: 0,
      numToday: 0,
      orderCertainty01: 0.5,
      canUndo: this.number > 1,
    };
  }

  async answer(answer: Answer, number: number): Promise<State> {
    return this.#next(`${answer} ${number}`);
  }

  async fail(id: number, reason: string, number: number): Promise<State> {
    this.leftOut.add(id);
    return this.#next(`fail ${id} ${number} ${reason}`);
  }

  async #next(asked: string): Promise<State> {
    if (this.failure !== null) throw this.failure;
    this.asked.push(asked);
    this.number += 1;
    return this.state();
  }

  #couple(): Couple {
    const ids = Array.from({ length: 99 }, (_, id) => id).filter((id) => !this.leftOut.has(id));
    const [left = 0, right = 0] = ids.slice(2 * this.number - 1);
    return { left: pair(left), right: pair(right) };
  }
}

/** Pictures that draw every pair but those in `broken`. */
class Pictures {
  shown: string[] = [];
  broken = new Map<number, Error>();
  hold: Promise<void> = Promise.resolve();

  freeze(): void {
    this.shown.push("still");
  }

  async show({ left, right }: Couple): Promise<void> {
    await this.hold;
    for (const { pair: id } of [left, right]) {
      const error = this.broken.get(id);
      if (error !== undefined) throw error;
    }
    this.shown.push(`${left.pair} ${right.pair}`);
  }
}

class View {
  told: string[] = [];
  busy(answer: Answer | null): void {
    this.told.push(`busy ${answer}`);
  }
  ready({ number }: State): void {
    this.told.push(`ready ${number}`);
  }
  end(state: State | null): void {
    this.told.push(`end ${state?.number ?? "without a state"}`);
  }
  say(notice: string): void {
    this.told.push(notice);
  }
}

async function begun(server = new Server()) {
  const pictures = new Pictures();
  const view = new View();
  const judging = new Judging(server, pictures, view);
  await judging.begin();
  return { server, pictures, view, judging };
}

test("an answer is sent with the couple's number, and the next couple is shown", async () => {
  const { server, pictures, view, judging } = await begun();
  await judging.answer("left");
  await judging.answer("neither");
  assert.deepEqual(server.asked, ["left 1", "neither 2"]);
  assert.deepEqual(
    pictures.shown.filter((shown) => shown !== "still"),
    ["1 2", "3 4", "5 6"],
  );
  assert.deepEqual(view.told.slice(0, 5), ["busy null", "ready 1", "", "busy left", "ready 2"]);
});

test("what is answered while nothing is drawn counts for nothing", async () => {
  const { server, pictures, judging } = await begun();
  let drawn = () => {};
  pictures.hold = new Promise((resolve) => {
    drawn = resolve;
  });
  const first = judging.answer("left");
  await judging.answer("right");
  await judging.answer("undo");
  await judging.onFailure(new PairFailure(3, "late"));
  drawn();
  await first;
  assert.deepEqual(server.asked, ["left 1"]);
});

test("a pair that cannot be drawn is said, left out, and never judged", async () => {
  const { server, pictures, view, judging } = await begun();
  pictures.broken.set(4, new PairFailure(4, "foreground: no preset"));
  await judging.answer("right");
  assert.deepEqual(server.asked, ["right 1", "fail 4 2 foreground: no preset"]);
  assert.ok(view.told.includes("Pair 4 cannot be drawn and is left out: foreground: no preset"));
  assert.equal(view.told.at(-1), "ready 3");
});

test("a pair that stops by itself goes the same way", async () => {
  const { server, view, judging } = await begun();
  await judging.onFailure(new PairFailure(2, "unreachable"));
  assert.deepEqual(server.asked, ["fail 2 1 unreachable"]);
  assert.equal(view.told.at(-1), "ready 2");
});

test("a lost context is nobody's fault and ends the judging", async () => {
  const { server, view, judging } = await begun();
  await judging.onFailure(new ContextLost());
  await judging.answer("left");
  assert.deepEqual(server.asked, []);
  assert.deepEqual(view.told.slice(-2), [
    "The graphics context was lost: reload the page.",
    "end without a state",
  ]);
});

test("an answer that was not written is said, and its couple can be judged again", async () => {
  const { server, pictures, view, judging } = await begun();
  server.failure = new Error("expected p to be written; found No space left; free space");
  await judging.answer("left");
  assert.ok(view.told.includes(server.failure.message));
  assert.equal(view.told.at(-1), "ready 1");
  assert.equal(pictures.shown.at(-1), "1 2");
  server.failure = null;
  await judging.answer("left");
  assert.deepEqual(server.asked, ["left 1"]);
});

test("without a couple only undo is left", async () => {
  const { server, view, judging } = await begun(new Server(1));
  await judging.answer("skip");
  assert.equal(view.told.at(-1), "end 2");
  await judging.answer("left");
  await judging.answer("skip");
  assert.deepEqual(server.asked, ["skip 1"]);
  await judging.answer("undo");
  assert.deepEqual(server.asked, ["skip 1", "undo 2"]);
});

test("nothing is taken back before anything was judged", async () => {
  const { server, judging } = await begun();
  await judging.answer("undo");
  assert.deepEqual(server.asked, []);
});
