// The player: shows pairs of a pack in real time.

import { RandomStream } from "../render/random.ts";
import { CoupledPairs } from "./coupled.ts";
import { element, Panel } from "./panel.ts";
import { parseParameters } from "./parameters.ts";
import { Screen } from "./screen.ts";
import { PairPicker } from "./selection.ts";
import { publishHooks } from "./verify.ts";

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

const parameters = parseParameters(location.search, randomSeed);
const stream = new RandomStream(parameters.seed);
const picker = new PairPicker(parameters.picking, () => stream.next(), localStorage);
const panel = new Panel(() => coupled.next("button"));
const canvas = element("viz-canvas", HTMLCanvasElement);
const screen = new Screen(canvas, parameters.size, (reason) =>
  panel.say(`Coupled pair stopped: ${reason}`, "failed"),
);
const coupled = new CoupledPairs(parameters, picker, screen, panel);

publishHooks(coupled, screen);
if (parameters.enabled && parameters.pack !== "") {
  coupled.next("startup");
} else {
  panel.say("No pack named: add ?coupled=1&coupledPack=NAME to the address", "failed");
}
