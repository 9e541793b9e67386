// Runs inside the player's page: one arm of the gate. The page's own hooks do everything.
async (request) => {
  const GRID = 64;
  const BACKGROUND = [1, 2, 3];
  const BACKGROUND_TOLERANCE = 12;
  const CHANGE_TOLERANCE = 2;

  const isCoupled = request.pickMode !== "page";
  const hooks = () => window.__nw_verify ?? {};
  const frames = () => hooks().getVerifyState().projectmVerify.framesRendered;
  const isDrawing = () => frames() > 0 && !hooks().getVerifyState().projectmVerify.aborted;
  const statusText = () => document.getElementById("preset-status")?.textContent ?? "";
  const canvas = document.getElementById("viz-canvas");
  const small = new OffscreenCanvas(GRID, GRID).getContext("2d", { willReadFrequently: true });

  async function until(condition, timeoutMs) {
    const deadline = performance.now() + timeoutMs;
    while (!condition()) {
      if (performance.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return true;
  }

  // The canvas keeps its picture only until the frame is shown: it is read in the frame that drew
  // it. The player asked for its callback first, so it has drawn when ours runs.
  const inFrame = (read) => new Promise((resolve) => requestAnimationFrame(() => resolve(read())));

  const picture = () =>
    inFrame(() => {
      small.drawImage(canvas, 0, 0, GRID, GRID);
      return small.getImageData(0, 0, GRID, GRID).data;
    });

  function countCells(isCounted) {
    let count = 0;
    for (let at = 0; at < GRID * GRID * 4; at += 4) {
      if ([0, 1, 2].some((channel) => isCounted(at + channel, channel))) count += 1;
    }
    return count;
  }

  const nonBackground = (cells) =>
    countCells((at, channel) => Math.abs(cells[at] - BACKGROUND[channel]) > BACKGROUND_TOLERANCE);

  const changed = (cells, others) =>
    countCells((at) => Math.abs(cells[at] - others[at]) > CHANGE_TOLERANCE);

  async function nextPair() {
    const timeBeforeMs = hooks().getVerifyState().coupled.lastPick?.timeMs;
    const ok = await hooks().actions.coupledNext("verify");
    const { coupled, presetIds } = hooks().getVerifyState();
    const pair = coupled.lastPick?.pair ?? null;
    const id = (layer) => `coupled:${coupled.pack}:${pair}:${layer}`;
    return {
      loaded: ok && coupled.lastPick.timeMs !== timeBeforeMs,
      pair,
      presetIdsMatch: presetIds.fg === id("fg") && presetIds.bg === id("bg"),
    };
  }

  // A page of single presets: what people press, and other presets afterwards.
  async function nextPreset() {
    const ids = () => JSON.stringify(hooks().getVerifyState().presetIds);
    const before = ids();
    const button = document.getElementById("preset-next");
    await until(() => !button.disabled, request.frameTimeoutMs);
    button.click();
    const loaded = await until(() => ids() !== before, request.frameTimeoutMs);
    return { loaded, pair: null, presetIdsMatch: true };
  }

  async function nextPick() {
    const before = await picture();
    const pick = {
      ...(await (isCoupled ? nextPair() : nextPreset())),
      statusText: statusText(),
      framesDrawn: 0,
      nonBackgroundCells: 0,
      changedCells: 0,
      changedSinceBefore: 0,
    };
    if (pick.loaded) await watch(pick, before);
    return pick;
  }

  // Watches until the picture is neither blank nor still, or patience ends.
  async function watch(pick, before) {
    const deadline = performance.now() + request.frameTimeoutMs;
    const framesBefore = frames();
    let first = null;
    for (let number = 0; number < request.watchFrames; number++) {
      const cells = await picture();
      pick.framesDrawn = frames() - framesBefore;
      if (performance.now() > deadline) break;
      if (pick.framesDrawn < request.minFrames) continue;
      first ??= cells;
      pick.nonBackgroundCells = Math.max(pick.nonBackgroundCells, nonBackground(cells));
      pick.changedCells = Math.max(pick.changedCells, changed(first, cells));
      pick.changedSinceBefore = Math.max(pick.changedSinceBefore, changed(before, cells));
      if (isGood(pick)) break;
    }
    pick.statusText = statusText();
  }

  const isGood = (pick) =>
    pick.loaded &&
    pick.presetIdsMatch &&
    pick.framesDrawn >= request.minFrames &&
    pick.nonBackgroundCells >= request.minNonBackgroundCells &&
    pick.changedCells > 0 &&
    pick.changedSinceBefore > 0;

  async function nextPicks() {
    const picks = [];
    while (picks.filter(isGood).length < request.nextPicks && picks.length < request.maxNextPicks) {
      picks.push(await nextPick());
    }
    return picks;
  }

  // Without a hook that picks alone, the [sel] lines of pairs that are shown are the samples.
  async function samplePicks(evidence) {
    const { iterations, pickMode, shown, clicks, clickDelayMs } = request;
    if (typeof hooks().sampleCoupledPicks === "function") {
      const reply = await hooks().sampleCoupledPicks({ iterations, pickMode, reset: true });
      evidence.samples = reply.picks;
      return;
    }
    for (let numShown = 0; numShown < shown && evidence.clicksUsed < clicks; ) {
      if (await hooks().actions.coupledNext("verify")) numShown += 1;
      evidence.clicksUsed += 1;
      await new Promise((resolve) => setTimeout(resolve, clickDelayMs));
    }
  }

  const canvasSize = () => ({
    width: canvas.width,
    height: canvas.height,
    cssWidth: canvas.clientWidth,
    cssHeight: canvas.clientHeight,
  });

  async function screenshot() {
    const enough = frames() + request.screenshotAfterFrames;
    if (isDrawing()) await until(() => frames() >= enough, request.frameTimeoutMs);
    return await inFrame(() => canvas.toDataURL("image/png").split(",")[1]);
  }

  const engine = () => {
    const { initialized, lastRenderTimeMs } = hooks().getVerifyState().projectmVerify;
    return { initialized, lastRenderTimeMs };
  };

  const evidence = { ready: false, active: false, manifest: null, samples: null, picks: [] };
  evidence.clicksUsed = 0;
  evidence.canvas = canvas === null ? null : canvasSize();
  evidence.ready = await until(() => hooks().ready === true, request.readyTimeoutMs);
  evidence.active = evidence.ready && (!isCoupled || (await hooks().actions.coupledInit("verify")));
  if (evidence.active && isCoupled) {
    evidence.manifest = hooks().getVerifyState().coupled.manifest ?? null;
    const startedMs = performance.now();
    await samplePicks(evidence);
    evidence.samplingMs = performance.now() - startedMs;
  }
  if (evidence.active) evidence.picks = await nextPicks();
  return {
    ...evidence,
    ...(evidence.ready ? engine() : {}),
    framesRendered: evidence.ready ? frames() : 0,
    statusText: statusText(),
    screenshot: evidence.ready && canvas !== null ? await screenshot() : null,
  };
};
