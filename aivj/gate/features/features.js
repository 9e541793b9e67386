// Runs inside the page: what it offers beside drawing is tried, one feature after the other.
// Gathers only; what is good enough is judged outside. What the page does not have stays null.
async (request) => {
  const POLL_MS = 40;
  const SHED_FOR_MS = 2500;
  const WATCHED_MS = 1500;
  const hooks = () => window.__nw_verify ?? {};
  const has = (name) => typeof hooks()[name] === "function";
  const byId = (id) => document.getElementById(id);
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const statusText = () => byId("preset-status")?.textContent ?? "";
  const isSettled = () => !/loading|加载/i.test(statusText());
  const presetIds = () => ({ ...hooks().getVerifyState?.().presetIds });

  async function until(condition, timeoutMs) {
    const deadline = performance.now() + timeoutMs;
    while (!condition()) {
      if (performance.now() > deadline) return false;
      await pause(POLL_MS);
    }
    return true;
  }

  // Calls back with the time between frames until it is stopped.
  function watchGaps(onGap) {
    let beforeMs = null;
    let stopped = false;
    const onFrame = (nowMs) => {
      if (stopped) return;
      if (beforeMs !== null) onGap(nowMs - beforeMs);
      beforeMs = nowMs;
      requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
    return () => {
      stopped = true;
    };
  }

  async function frameTimes() {
    const timesMs = [];
    const startedMs = performance.now();
    const stop = watchGaps((gapMs) => timesMs.push(gapMs));
    await until(
      () =>
        performance.now() - startedMs >= request.measureMs &&
        timesMs.length >= request.minFrames,
      request.measureAtMostMs,
    );
    stop();
    return timesMs;
  }

  async function accent() {
    const topology = byId("decision-topology-overlay");
    const diagnostics = byId("diagnostics-panel");
    if (topology === null || diagnostics === null) return null;
    const opens = topology.hidden && byId("overlay-toggle") !== null;
    if (opens) byId("overlay-toggle").click();
    const traceText = () => (byId("inspector-accent") ?? topology).textContent;
    const isTrace = () => /accent[^\d]*\d/i.test(traceText());
    await until(isTrace, 3000);
    const seen = {
      diagnosticsText: diagnostics.textContent.replace(/\s+/g, " ").trim(),
      topologyText: topology.textContent.replace(/\s+/g, " ").trim(),
      traceFound: isTrace(),
    };
    if (opens) byId("overlay-toggle").click();
    return seen;
  }

  async function audioDrive() {
    const select = byId("audio-drive-preset");
    if (select === null || !has("getPerfCaps")) return null;
    const before = select.value;
    const choose = (name) => {
      select.value = name;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const results = {};
    for (const name of request.drives) {
      choose(name);
      await until(() => hooks().getPerfCaps().audioDrivePreset === name, 1000);
      const { audioDrivePreset, audioControls } = hooks().getPerfCaps();
      results[name] = audioDrivePreset === name ? (audioControls ?? null) : null;
    }
    choose(before);
    return results;
  }

  const metrics = () => hooks().getPerformanceBudgetStats?.().subsystemMetrics ?? {};

  async function shedding() {
    if (!has("getPerfCaps") || !has("triggerPresetLoadPressure")) return null;
    const caps = () => hooks().getPerfCaps();
    await until(() => caps().presetLoadPressureMsLeft <= 0, 12000);
    const before = caps();
    hooks().triggerPresetLoadPressure(SHED_FOR_MS);
    const pressed = await until(() => caps().presetLoadPressureMsLeft > 0, 8000);
    const during = caps();
    const startedMs = performance.now();
    const { numAnalyses, numBeatSteps } = metrics();
    await pause(WATCHED_MS);
    const work = metrics();
    const seconds = (performance.now() - startedMs) / 1000;
    const relieved = await until(() => caps().presetLoadPressureMsLeft <= 0, 12000);
    const rate = (from, to) =>
      typeof from === "number" && typeof to === "number" ? (to - from) / seconds : null;
    return {
      before,
      during,
      after: caps(),
      pressed,
      relieved,
      analysesPerS: rate(numAnalyses, work.numAnalyses),
      beatStepsPerS: rate(numBeatSteps, work.numBeatSteps),
    };
  }

  async function budget() {
    if (!has("setPerformanceQualityLevel") || !has("getPerformanceBudgetStats")) return null;
    const stats = () => {
      const { currentLevel, currentBudget } = hooks().getPerformanceBudgetStats();
      return { currentLevel, currentBudget: { ...currentBudget } };
    };
    const before = stats();
    hooks().setPerformanceQualityLevel(before.currentLevel === "minimal" ? "high" : "minimal");
    await pause(200);
    const during = stats();
    hooks().setPerformanceQualityLevel(before.currentLevel);
    await pause(200);
    const after = stats();
    hooks().setPerformanceQualityLevel(null);
    return { before, during, after };
  }

  async function dualRandom() {
    const button = byId("visual-random");
    if (button === null || !has("getVerifyState")) return null;
    const initial = presetIds();
    const isOther = (layer) => presetIds()[layer] !== initial[layer];
    let attempts = 0;
    while (attempts < 4 && !(isOther("fg") && isOther("bg"))) {
      attempts += 1;
      const before = presetIds();
      button.click();
      await until(
        () => isSettled() && ["fg", "bg"].some((layer) => presetIds()[layer] !== before[layer]),
        request.changeTimeoutMs,
      );
    }
    const final = presetIds();
    return { attempts, initial, final, fgChanged: isOther("fg"), bgChanged: isOther("bg") };
  }

  async function presetStress() {
    const select = byId("preset-select");
    const next = byId("preset-next");
    if (select === null || next === null) return null;
    const options = [...select.options].filter(({ value, disabled }) => value !== "" && !disabled);
    const seen = { optionCount: options.length, selectionsAttempted: 0, nextClicks: 0 };
    if (options.length < request.minOptions) return { ...seen, maxRafGapMs: 0, finalPresetStatus: statusText() };
    let maxRafGapMs = 0;
    const stop = watchGaps((gapMs) => {
      maxRafGapMs = Math.max(maxRafGapMs, gapMs);
    });
    const isFree = () => isSettled() && !next.disabled;
    for (let number = 0; number < request.selections; number++) {
      if (!(await until(isFree, request.changeTimeoutMs))) break;
      select.value = options[Math.floor((number * options.length) / request.selections)].value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      seen.selectionsAttempted += 1;
      await pause(POLL_MS);
    }
    for (let number = 0; number < request.nextClicks; number++) {
      if (!(await until(isFree, request.changeTimeoutMs))) break;
      next.click();
      seen.nextClicks += 1;
      await pause(POLL_MS);
    }
    await until(isFree, request.changeTimeoutMs);
    stop();
    return { ...seen, maxRafGapMs, finalPresetStatus: statusText() };
  }

  async function favourites() {
    const panel = byId("favorites-panel");
    const mark = byId("visual-favorite");
    if (panel === null || mark === null || byId("favorites-compare") === null) return null;
    for (let number = 0; number < 2; number++) {
      if (mark.getAttribute("aria-pressed") !== "true") mark.click();
      const before = JSON.stringify(presetIds());
      await until(() => !byId("preset-next").disabled, request.changeTimeoutMs);
      byId("preset-next").click();
      await until(
        () => isSettled() && JSON.stringify(presetIds()) !== before,
        request.changeTimeoutMs,
      );
      await pause(200);
    }
    const boxes = [...panel.querySelectorAll("input[type=checkbox]")].slice(0, 3);
    for (const box of boxes) if (!box.checked) box.click();
    await pause(100);
    const table = byId("favorites-compare").querySelector("table");
    return {
      favoritesCount: panel.querySelectorAll("input[type=checkbox]").length,
      selectedCount: boxes.filter((box) => box.checked).length,
      compareTable: table !== null,
      exportEnabled: byId("favorites-export")?.disabled === false,
      thCount: table === null ? 0 : table.querySelectorAll("thead th").length,
    };
  }

  async function beatTempo() {
    if (!("beatsPerMinute" in metrics())) return null;
    await until(() => metrics().beatsPerMinute !== null, request.beatTimeoutMs);
    return { beatsPerMinute: metrics().beatsPerMinute };
  }

  async function outputs() {
    const elements = [...document.querySelectorAll('[id^="outputs-"]')];
    if (elements.length === 0) return null;
    return { ids: elements.map(({ id }) => id), visible: elements.some((each) => each.checkVisibility()) };
  }

  const answers = { ready: await until(() => hooks().ready === true, request.readyTimeoutMs) };
  if (!answers.ready) return answers;
  const isDrawing = () => (hooks().getVerifyState?.().projectmVerify?.framesRendered ?? 1) > 0;
  await until(() => isSettled() && isDrawing(), request.changeTimeoutMs);
  const steps = {
    frameTimesMs: frameTimes,
    perfCaps: async () => (has("getPerfCaps") ? hooks().getPerfCaps() : null),
    accent,
    audioDrive,
    shedding,
    budget,
    dualRandom,
    presetStress,
    favourites,
    ...(request.beatTempo ? { beatTempo } : {}),
    outputs,
  };
  answers.errors = {};
  for (const [name, step] of Object.entries(steps)) {
    try {
      answers[name] = await step();
    } catch (error) {
      answers.errors[name] = String(error);
    }
  }
  return answers;
};
