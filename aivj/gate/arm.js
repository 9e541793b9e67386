// Runs inside the player's page: one arm of the gate. The page's own hooks do everything.
async (request) => {
  const GRID = 64;
  const BACKGROUND = [1, 2, 3];
  const BACKGROUND_TOLERANCE = 12;
  const CHANGE_TOLERANCE = 2;

  const lines = [];
  for (const kind of ["log", "info", "warn"]) {
    const original = console[kind].bind(console);
    console[kind] = (...parts) => {
      const text = parts.map((part) => (typeof part === "object" ? JSON.stringify(part) : part));
      lines.push(`[${kind === "warn" ? "warning" : kind}] ${text.join(" ")}`);
      original(...parts);
    };
  }

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

  async function nextPick() {
    const before = await picture();
    const timeBeforeMs = hooks().getVerifyState().coupled.lastPick?.timeMs;
    const ok = await hooks().actions.coupledNext("verify");
    const { coupled, presetIds } = hooks().getVerifyState();
    const pair = coupled.lastPick?.pair ?? null;
    const id = (layer) => `coupled:${coupled.pack}:${pair}:${layer}`;
    const pick = {
      loaded: ok && coupled.lastPick.timeMs !== timeBeforeMs,
      pair,
      statusText: statusText(),
      presetIdsMatch: presetIds.fg === id("fg") && presetIds.bg === id("bg"),
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

  async function screenshot() {
    const enough = frames() + request.screenshotAfterFrames;
    if (isDrawing()) await until(() => frames() >= enough, request.frameTimeoutMs);
    return await inFrame(() => canvas.toDataURL("image/png").split(",")[1]);
  }

  const evidence = { ready: false, active: false, manifest: null, samples: [], picks: [] };
  evidence.ready = await until(() => hooks().ready === true, request.readyTimeoutMs);
  evidence.active = evidence.ready && (await hooks().actions.coupledInit("verify"));
  if (evidence.active) {
    const { iterations, pickMode } = request;
    evidence.manifest = hooks().getVerifyState().coupled.manifest;
    const reply = await hooks().sampleCoupledPicks({ iterations, pickMode, reset: true });
    evidence.samples = reply.picks;
    evidence.picks = await nextPicks();
  }
  return {
    ...evidence,
    framesRendered: evidence.ready ? frames() : 0,
    statusText: statusText(),
    screenshot: evidence.ready && canvas !== null ? await screenshot() : null,
    console: lines,
  };
};
