// The player: shows pairs of a pack, or presets of a library, in real time.

import { messageOf } from "../ground/errors.ts";
import { element } from "../page/elements.ts";
import { isSoftware, pictureSize, type Size } from "../page/picture_size.ts";
import { RandomStream } from "../render/random.ts";
import { AutoAdvance } from "./auto.ts";
import { type Catalogue, fetchCatalogue } from "./catalogue.ts";
import { Conductor } from "./conductor.ts";
import { CoupledPairs } from "./coupled.ts";
import { Favourites } from "./favourites.ts";
import { publishProjectmHooks } from "./hooks/projectm.ts";
import { flag, publishVerifyHooks } from "./hooks/verify.ts";
import { Load } from "./load/load.ts";
import { Mixer } from "./mixer.ts";
import { parseParameters } from "./parameters.ts";
import { Prefetch } from "./prefetch.ts";
import { logAggressiveness, logFrameTime } from "./preload_log.ts";
import { Preparation } from "./preparation.ts";
import { LAYER_NAMES, type LayerKey, type NowPlaying, type Programme } from "./programme.ts";
import { Screen } from "./screen.ts";
import { PairPicker } from "./selection.ts";
import { Show } from "./show.ts";
import { SinglePresets } from "./single.ts";
import { Ear } from "./sound/ear.ts";
import { Sound } from "./sound/sound.ts";
import { StatusLine } from "./surface/status_line.ts";
import { Surface } from "./surface/surface.ts";

const DEMO_CLIP_URL = "/clips/music.u8";
/** How long people have to read why something broke; twice as long after each failure in a row. */
const RESCUE_AFTER_MS = 2500;
const MOST_DOUBLINGS = 5;
const RESIZE_AFTER_MS = 300;

const seed = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
const parameters = parseParameters(location.search, localStorage, seed);
const stream = new RandomStream(parameters.seed);
const random = () => stream.next();

const status = new StatusLine();
const auto = new AutoAdvance();
const mixer = new Mixer(parameters.coupling3d);
const favourites = new Favourites(localStorage, Date.now);
const sound = new Sound(() => parameters.demoMusic && !flag("disableAutoAudio"));
const ear = new Ear(sound);
const screen = openScreen();
const software = isSoftware(screen.renderer);
const load = new Load(software ? "low" : "high", onLevel);
const preparation = new Preparation(screen, () => load.pressure.trigger(performance.now(), 1000));
let coupled = pairsOf(parameters.pack, parameters.enabled);
const show = new Show(parameters.enabled ? coupled : presetsOf(parameters.presetLibrary), {
  favourites,
  open: openProgramme,
  onProgramme: () => surface.listProgramme(),
  onFailure: planRescue,
});
const conductor = new Conductor({
  ear,
  load,
  auto,
  show,
  forcedOpen: () => flag("forcePresetGateOpen"),
});
const surface = new Surface({
  show,
  conductor,
  auto,
  favourites,
  mixer,
  sound,
  ear,
  load,
  screen,
  preparation,
  store: localStorage,
});
const prefetch = new Prefetch({
  load,
  prepare: () => show.programme.prepareNext(),
  nowMs: () => performance.now(),
  wait: (action, ms) => setTimeout(action, ms),
});
let catalogue: Promise<Catalogue> = fetchCatalogue();
let numFailures = 0;

const presetIds = () => show.nowPlaying?.presetIds ?? { fg: "", bg: "" };
publishProjectmHooks({ screen, ear, load, preparation, presetIds });
publishVerifyHooks({
  coupled: () => coupled,
  ear,
  screen,
  load,
  mixer,
  presetIds,
  randomIds: () => show.randomIds,
});
await start();

/** Without WebGL2 there is nothing to be seen, and people are told why. */
function openScreen(): Screen {
  const canvas = element("viz-canvas", HTMLCanvasElement);
  const mirror = element("canvas", HTMLCanvasElement);
  const guide = { onFrame, look: (nowMs: number) => mixer.look(nowMs), onDrawn, onAbort };
  try {
    return new Screen(canvas, mirror, drawnSize, ear, guide);
  } catch (error) {
    const message = messageOf(error);
    status.fail("Nothing can be drawn here", `${message}: try another browser, or update drivers`);
    throw error;
  }
}

async function start(): Promise<void> {
  addEventListener(
    "resize",
    debounced(() => screen.fit(), RESIZE_AFTER_MS),
  );
  if (parameters.demoMusic) sound.offerDemo(DEMO_CLIP_URL);
  if (parameters.first !== null) await show.choose(parameters.first);
  if (show.nowPlaying === null) await show.next({ reason: "startup", cut: true });
  surface.offer(await catalogue);
  surface.listProgramme();
  if (!(await show.programme.init())) surface.askForProgramme();
}

function pairsOf(pack: string, enabled: boolean): CoupledPairs {
  return new CoupledPairs(
    { ...parameters, pack, enabled },
    {
      picker: new PairPicker(parameters.picking, random, localStorage),
      screen,
      preparation,
      status,
      intensity01: () => ear.intensity01(performance.now()),
      onShown,
    },
  );
}

function presetsOf(library: string): SinglePresets {
  return new SinglePresets(library, {
    choosing: {
      runManifestUrl: parameters.runManifestUrl,
      store: localStorage,
      random,
      fetch: (url, options) => fetch(url, options),
      mood: () => conductor.mood,
    },
    screen,
    preparation,
    status,
    onShown,
  });
}

/** A pack is played in pairs where it has pairs. */
async function openProgramme(name: string): Promise<Programme> {
  preparation.cancelAhead();
  catalogue = fetchCatalogue();
  const { packs } = await catalogue;
  const found = packs.find((pack) => pack.name === name);
  if (found?.numPairs === null) {
    localStorage.setItem("presetLibrarySource", name);
    return presetsOf(name);
  }
  coupled = pairsOf(name, true);
  return coupled;
}

function drawnSize(): Size {
  if (parameters.size !== null) return parameters.size;
  const window = { width: innerWidth, height: innerHeight };
  return pictureSize(window, devicePixelRatio, load.budget.compositor, software);
}

function onFrame(nowMs: number): void {
  ear.listen(nowMs, load.listeningRates(nowMs));
  mixer.advance(ear.features, nowMs);
  conductor.advance(nowMs);
  surface.advance(nowMs);
}

function onDrawn(nowMs: number, workMs: number): void {
  load.addFrame(nowMs, workMs);
  if (preparation.isMakingAhead) logFrameTime(load.gaps.lastMs);
  const report = preparation.lastReport;
  if (report?.outcome !== "ok" || report.firstFrameMs !== null) return;
  report.firstFrameMs = performance.now();
  report.applyToFirstFrameMs = report.firstFrameMs - (report.tApplyEndMs ?? 0);
}

function onShown(playing: NowPlaying, layers: readonly LayerKey[]): void {
  const nowMs = performance.now();
  numFailures = 0;
  conductor.noteChange(layers, nowMs);
  load.switches.note(nowMs, playing.presetIds, preparation.lastReport);
  status.show(playing);
  surface.markShown();
  if (parameters.prefetch) prefetch.plan();
}

/** Another level is entered: what is drawn, listened for and made ready ahead follows it. */
function onLevel(): void {
  screen.fit();
  logAggressiveness(load.budget.prefetchAggressiveness);
}

/** The picture that broke stays until people read why; then something else is shown. */
function onAbort(reason: string, layer: LayerKey | null): void {
  const what = show.programme === coupled ? "Coupled pair" : "Preset";
  const detail = layer === null ? "" : `the ${LAYER_NAMES[layer]} broke while it was drawn`;
  status.fail(`${what} stopped: ${reason}`, detail);
  if (layer !== null) show.programme.noteFailure(layer, reason);
  planRescue();
}

/** Something else is shown after a failure, unless it was asked for meanwhile. */
function planRescue(): void {
  const token = preparation.lastReport?.token;
  const delayMs = RESCUE_AFTER_MS * 2 ** Math.min(numFailures, MOST_DOUBLINGS);
  numFailures += 1;
  setTimeout(() => {
    const isUntouched = preparation.lastReport?.token === token;
    if (!auto.enabled || auto.held || !isUntouched) return;
    if (screen.isLost) location.reload();
    else show.next({ reason: "rescue" });
  }, delayMs);
}

function debounced(action: () => void, quietMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, quietMs);
  };
}
