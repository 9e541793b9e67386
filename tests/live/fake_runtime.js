// The fake's script. `fault` in the address says what it does wrong, `after` from which pick on.
const query = new URLSearchParams(location.search);
const fault = query.get("fault") ?? "";
const after = Number(query.get("after") ?? 0);
const lumaMs = Number(query.get("lumaMs") ?? 500);
const pack = query.get("coupledPack");
// As the original has it: URLs of what is loaded, a yes for picks that failed, levels of a moment.
const original = query.has("original");
// This pair never comes, and nothing else while it is waited for.
const lostPair = Number(query.get("lostPair") ?? -1);
const KEY = "nw.coupledPairs.shuffleState.v0";
const status = document.getElementById("preset-status");

let pairs = null;
let lastPick = null;
let shownPair = null;
let loadedPair = null;
let numPicks = 0;
let frames = 0;
let heard = false;
let count = 0;
let lastSampleMs = 0;
let luma = 0;

if (query.has("renderer")) {
  const get = WebGL2RenderingContext.prototype.getParameter;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === 0x9246 ? query.get("renderer") : get.call(this, name);
  };
}

const faulty = (name) => fault === name && numPicks > after;
const ids = (layer) => (shownPair === null ? "" : `coupled:${pack}:${shownPair}:${layer}`);

function loaded(layer) {
  const listed = pairs?.find(({ pair }) => pair === loadedPair);
  if (!original) return ids(layer);
  // A pick that failed may leave a preset of the library there.
  if (faulty("other-preset")) return "/presets/library/any.milk";
  return listed?.[`${layer}Url`] ?? "/presets/library/first.milk";
}

/** Loads the page anew by itself, so many times as the address says, counted over its documents. */
function reloadItself(when) {
  const left = Number(sessionStorage.getItem(when) ?? query.get(when) ?? 0);
  if (left < 1) return false;
  sessionStorage.setItem(when, String(left - 1));
  location.reload();
  return true;
}

/** Clicks of 12 ms, two in a second: most moments are silent. */
function heardNow() {
  if (!heard || fault === "silent") return 0;
  if (!original) return 0.05 + 0.01 * Math.random();
  return performance.now() % 500 < 24 ? 0.02 + 0.01 * Math.random() : 0;
}

function layerNow() {
  if (fault === "no-luma") return {};
  const color = { avgColorR: luma, avgColorG: luma / 2, avgColorB: 0.1 };
  const when = { avgLumaLastSampleMs: lastSampleMs, avgLumaSampleCount: count };
  return { avgLuma: luma, ...color, ...when, avgLumaIntervalMs: lumaMs };
}

Object.defineProperty(window, "__projectm_verify", {
  get: () => ({
    initialized: frames > 0,
    framesRendered: frames,
    aborted: false,
    lastAudioRms: heardNow(),
    lastAudioPeak: 8 * heardNow(),
    presetIdFg: faulty("other-preset") && !original ? "coupled:other:1:fg" : loaded("fg"),
    presetIdBg: loaded("bg"),
    ...layerNow(),
    perPm: { fg: layerNow(), bg: layerNow() },
  }),
});

setInterval(() => {
  count += 1;
  lastSampleMs = performance.now();
  luma = 0.3 + 0.01 * ((shownPair ?? 0) % 7) + 0.02 * Math.random();
}, lumaMs);

function onFrame() {
  frames += 1;
  requestAnimationFrame(onFrame);
}
requestAnimationFrame(onFrame);

async function coupledInit() {
  if (reloadItself("reloadsAtInit")) return await new Promise(() => {});
  if (pairs !== null) return true;
  const url = `/presets/${pack}/pairs-manifest.v0.json`;
  const manifest = await (await fetch(url, { cache: "no-store" })).json();
  pairs = manifest.pairs;
  return true;
}

function nextIndex() {
  if (query.get("coupledPick") !== "shuffle") return Math.floor(Math.random() * pairs.length);
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
  const usable = kept?.v === 0 && kept.pack === pack && kept.len === pairs.length;
  const state = usable
    ? kept
    : { v: 0, pack, len: pairs.length, pos: 0, order: pairs.map((_, n) => n) };
  const index = state.order[state.pos % state.len];
  localStorage.setItem(KEY, JSON.stringify({ ...state, pos: (state.pos % state.len) + 1 }));
  return index;
}

async function coupledNext() {
  numPicks += 1;
  if (faulty("stuck")) return await new Promise(() => {});
  if (faulty("crash")) {
    await fetch("/crash");
    return await new Promise(() => {});
  }
  if (numPicks > after && reloadItself("reloadsAtPick")) return await new Promise(() => {});
  await coupledInit();
  const { pair } = pairs[nextIndex()];
  status.textContent = `Coupled (shuffle) loading pair ${pair} ...`;
  if (pair === lostPair) {
    document.getElementById("preset-next").disabled = true;
    return await new Promise(() => {});
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (fault === "refused" && pair === 3) {
    status.textContent = original
      ? "Failed to load coupled pair (an equation does not compile)"
      : `Coupled pair ${pair} failed: an equation does not compile`;
    return original && lastPick !== null;
  }
  show(faulty("wrong-pair") ? 999 : pair);
  if (faulty("page-error"))
    setTimeout(() => {
      throw new Error("the page has a defect");
    }, 0);
  if (faulty("console-error")) console.error("the page complains");
  if (faulty("replaced") && numPicks === after + 1) setTimeout(() => show(999), 2 * lumaMs);
  return true;
}

function show(pair) {
  shownPair = pair;
  loadedPair = pair;
  lastPick = { timeMs: performance.now(), pair, quality01: null };
  status.textContent = `Coupled pair: ${pair}`;
}

document.getElementById("preset-next").addEventListener("click", coupledNext);
document.getElementById("audio-toggle").addEventListener("click", ({ target }) => {
  heard = document.getElementById("audio-file").files.length > 0;
  target.textContent = heard ? "Pause" : "Play";
});

window.__nw_verify = window.__nw_verify ?? {};
if (fault !== "never-ready") {
  Object.assign(window.__nw_verify, {
    ready: true,
    getVerifyState: () => ({
      projectmVerify: { initialized: frames > 0, framesRendered: frames, aborted: false },
      presetIds: { fg: ids("fg"), bg: ids("bg") },
      coupled: { enabled: true, pack, pickMode: "shuffle", lastPick },
    }),
    // The older runtime has no such hooks: there the button is clicked.
    actions: fault === "no-hooks" ? {} : { coupledInit, coupledNext },
  });
}
