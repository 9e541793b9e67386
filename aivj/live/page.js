// The driver's hands inside the runtime's page. Every wait ends with what it waits for, seen within
// a frame, or with its time-out; nothing sleeps.
(() => {
  const LOADING = /loading|加载/i;
  const PLAY = /play|播放/i;
  const LOADING_PAIR = /loading pair (\d+)/i;
  const NAMED_PAIR = /pair:? (\d+)/i;
  const FAILED = /fail/i;
  /** A page that draws nothing has no frames to wait for. */
  const LONGEST_TICK_MS = 50;

  /** The layers' URLs by pair, as the manifest that the page loads has them. */
  const urls = new Map();

  const byId = (id) => document.getElementById(id);
  const hooks = () => window.__nw_verify;
  const state = () => {
    try {
      return hooks()?.getVerifyState?.() ?? null;
    } catch {
      return null;
    }
  };
  const projectm = () => window.__projectm_verify ?? null;
  const lastPick = () => state()?.coupled?.lastPick ?? null;
  const statusText = () => byId("preset-status")?.textContent ?? "";
  const numberOrNull = (value) => (Number.isFinite(value) ? value : null);
  const textOrNull = (value) => (typeof value === "string" && value !== "" ? value : null);

  function tick() {
    return new Promise((resolve) => {
      const frame = requestAnimationFrame(done);
      const timer = setTimeout(done, LONGEST_TICK_MS);
      function done() {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
        resolve();
      }
    });
  }

  async function until(condition, timeoutMs) {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (condition()) return true;
      if (performance.now() >= deadline) return false;
      await tick();
    }
  }

  const CONDITIONS = {
    attached: () => byId("viz-canvas") !== null && byId("preset-next") !== null,
    hooks: () => typeof hooks()?.getVerifyState === "function",
    ready: () => hooks()?.ready === true,
    coupledEnabled: (pack) => {
      const coupled = state()?.coupled;
      return Boolean(coupled?.enabled) && coupled.pack === pack;
    },
    coupledReady: () => !byId("preset-next")?.disabled && !LOADING.test(statusText()),
    projectm: () => {
      const drawn = state()?.projectmVerify;
      return Boolean(drawn?.initialized) && drawn.framesRendered >= 10 && !drawn.aborted;
    },
  };

  function uncheckAuto() {
    const toggle = byId("preset-auto-toggle");
    if (!toggle) return false;
    toggle.checked = false;
    toggle.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  function raiseFlags(flags) {
    window.__nw_verify = Object.assign(hooks() ?? {}, flags);
    return true;
  }

  async function coupledInit(reason) {
    const init = hooks()?.actions?.coupledInit;
    return typeof init === "function" ? Boolean(await init(reason)) : false;
  }

  /** The pairs that the page will load, in their order; null if it cannot load any. */
  async function manifestPairs(url) {
    try {
      const response = await fetch(url, { cache: "no-store" });
      const { pairs } = await response.json();
      const listed = pairs.map((each) => ({ pair: each?.pair, fg: each?.fgUrl, bg: each?.bgUrl }));
      for (const { pair, fg, bg } of listed) urls.set(pair, { fg, bg });
      return listed;
    } catch {
      return null;
    }
  }

  function store({ key, text }) {
    localStorage.setItem(key, text);
    return localStorage.getItem(key) === text;
  }

  function turnUp() {
    const volume = byId("audio-volume");
    if (!volume) return false;
    volume.value = "100";
    volume.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  function play() {
    const toggle = byId("audio-toggle");
    if (!toggle || !PLAY.test(toggle.textContent)) return false;
    toggle.click();
    return true;
  }

  /** Listens to what the page hears. A beat is shorter than a reading: the loudest moment counts. */
  function listener() {
    const loudest = { audioRms: null, audioPeak: null };
    function listen() {
      const { audioRms, audioPeak } = shown();
      if (audioRms !== null) loudest.audioRms = Math.max(loudest.audioRms ?? 0, audioRms);
      if (audioPeak !== null) loudest.audioPeak = Math.max(loudest.audioPeak ?? 0, audioPeak);
    }
    return { loudest, listen };
  }

  /** Waits until the page has heard music; what was the loudest of it. */
  async function hear({ minRms, timeoutMs }) {
    const { loudest, listen } = listener();
    await until(() => {
      listen();
      return (loudest.audioRms ?? 0) >= minRms;
    }, timeoutMs);
    return loudest;
  }

  function webgl() {
    try {
      const gl = document.createElement("canvas").getContext("webgl2");
      if (!gl) return { ok: false, error: "no WebGL2 context" };
      const names = gl.getExtension("WEBGL_debug_renderer_info");
      const told = {
        ok: true,
        vendor: String(gl.getParameter(names ? names.UNMASKED_VENDOR_WEBGL : gl.VENDOR)),
        renderer: String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER)),
      };
      gl.getExtension("WEBGL_lose_context")?.loseContext();
      return told;
    } catch (error) {
      return { ok: false, error: String(error) };
    }
  }

  function shown() {
    const drawn = state();
    const seen = projectm();
    return {
      status: statusText(),
      disabled: Boolean(byId("preset-next")?.disabled),
      presetFgId: textOrNull(drawn?.presetIds?.fg),
      presetBgId: textOrNull(drawn?.presetIds?.bg),
      // What was really loaded; a runtime may not say it.
      loadedFgId: textOrNull(seen?.presetIdFg),
      loadedBgId: textOrNull(seen?.presetIdBg),
      framesRendered: drawn?.projectmVerify?.framesRendered ?? 0,
      aborted: Boolean(drawn?.projectmVerify?.aborted),
      abortReason: textOrNull(seen?.abortReason),
      audioRms: numberOrNull(seen?.lastAudioRms),
      audioPeak: numberOrNull(seen?.lastAudioPeak),
    };
  }

  /** A runtime may say what is loaded by the pair's id, by its very URL, or not at all. */
  function showsPair(pack, pair) {
    const now = shown();
    return ["fg", "bg"].every((layer) => {
      const id = `coupled:${pack}:${pair}:${layer}`;
      const name = layer === "fg" ? "Fg" : "Bg";
      const loaded = now[`loaded${name}Id`];
      const isLoaded = loaded === null || loaded === id || isUrl(loaded, urls.get(pair)?.[layer]);
      return now[`preset${name}Id`] === id && isLoaded;
    });
  }

  /** Whether both name one file; a question that only the page puts behind it is none of the file's. */
  function isUrl(loaded, listed) {
    if (typeof listed !== "string" || listed === "") return false;
    if (loaded === listed) return true;
    try {
      const [found, wanted] = [
        new URL(loaded, document.baseURI),
        new URL(listed, document.baseURI),
      ];
      return (
        found.origin === wanted.origin &&
        decodeURI(found.pathname) === decodeURI(wanted.pathname) &&
        (wanted.search === "" || found.search === wanted.search) &&
        found.hash === wanted.hash
      );
    } catch {
      return false;
    }
  }

  /** Asks for another pair, and waits until it is there. */
  async function pick({ pack, reason, timeoutMs, settleMs, born }) {
    const deadline = performance.now() + timeoutMs;
    const leftMs = () => deadline - performance.now();
    const beforeMs = lastPick()?.timeMs ?? null;
    const asked = { refused: null, answered: false, pair: null };
    const ended = (outcome, error = null) => ({
      outcome,
      error: asked.refused ?? error,
      loadingPair: asked.pair,
      lastPick: described(lastPick()),
      shown: shown(),
      unsettledMs: 0,
    });

    if (born !== performance.timeOrigin) return ended("reloaded", "the page loaded itself anew");
    if (!(await until(() => byId("preset-next")?.disabled === false, leftMs()))) {
      return ended("button", "the button stays disabled");
    }
    const stopWatching = watchLoading(asked);
    ask(reason, asked);
    const isPicked = () => (lastPick()?.timeMs ?? null) !== beforeMs;
    // A runtime's hook may say yes to a pick that failed: what counts is what was picked.
    const isRefused = () => {
      if (asked.refused !== null) return true;
      if (LOADING.test(statusText())) return false;
      const failed = asked.pair !== null && FAILED.test(statusText());
      if (!asked.answered && !failed) return false;
      asked.refused = `lastPick stays what it was: ${statusText()}`;
      return true;
    };
    const isOver = await until(() => isPicked() || isRefused(), leftMs());
    stopWatching();
    if (!isOver) return ended("pick", "lastPick.timeMs stays what it was");
    if (!isPicked()) {
      const named = NAMED_PAIR.exec(statusText());
      asked.pair ??= named && Number(named[1]);
      return ended("refused");
    }
    const { pair } = lastPick();
    if (!Number.isFinite(pair)) return ended("picked");
    let unsettledMs = 0;
    const isSettled = (condition) => {
      if (condition()) return true;
      unsettledMs = performance.now();
      return false;
    };
    if (!(await until(() => isSettled(() => showsPair(pack, pair)), leftMs()))) {
      return ended("presetIds", "presets of another pair are shown");
    }
    await until(() => isSettled(() => !LOADING.test(statusText())), settleMs);
    return { ...ended("picked"), unsettledMs };
  }

  /** Notes the pair that is loading, however short the status line says so. */
  function watchLoading(asked) {
    const status = byId("preset-status");
    const note = (text) => {
      const match = LOADING_PAIR.exec(text ?? "");
      if (match) asked.pair = Number(match[1]);
    };
    const watcher = new MutationObserver((records) => {
      for (const { addedNodes, target } of records) {
        for (const node of addedNodes) note(node.textContent);
        note(target.textContent);
      }
    });
    if (status) watcher.observe(status, { childList: true, characterData: true, subtree: true });
    return () => {
      note(statusText());
      watcher.disconnect();
    };
  }

  /** By the hook where there is one, else by the button. A hook that refuses says why. */
  function ask(reason, asked) {
    const next = hooks()?.actions?.coupledNext;
    if (typeof next !== "function") {
      byId("preset-next").click();
      return;
    }
    const refused = (error) => {
      asked.refused = `${error}: ${statusText()}`;
    };
    Promise.resolve(next(reason)).then(
      (ok) => {
        if (!ok) refused(hooks()._coupledNextDebug?.error ?? "coupledNext says no");
        asked.answered = true;
      },
      (error) => refused(String(error)),
    );
  }

  function described(picked) {
    if (!picked) return null;
    const names = ["timeMs", "pair", "warpDiff", "cxDiff", "quality01", "intensity01"];
    return Object.fromEntries(names.map((name) => [name, numberOrNull(picked[name])]));
  }

  function layerNow(name) {
    const seen = projectm();
    const own = seen?.perPm?.[name];
    // Luma and colours at the root are those of the foreground.
    const value = (key) => numberOrNull(own?.[key] ?? (name === "fg" ? seen?.[key] : null));
    return {
      avgLuma: value("avgLuma"),
      avgColorR: value("avgColorR"),
      avgColorG: value("avgColorG"),
      avgColorB: value("avgColorB"),
    };
  }

  /** When the page sampled last, and its how-manieth sample that is; null: it does not say. */
  function sampledNow() {
    const seen = projectm();
    const root = seen?.perPm?.fg ?? seen;
    const atMs = numberOrNull(root?.avgLumaLastSampleMs);
    const count = numberOrNull(root?.avgLumaSampleCount);
    return atMs === null && count === null ? null : { atMs: atMs ?? performance.now(), count };
  }

  /** Measures the pair that `picked` describes, with every sample that the page takes of it. */
  async function measure({
    pack,
    picked,
    unsettledMs,
    intervalMs,
    warmupMs,
    measureMs,
    timeoutMs,
  }) {
    const seen = projectm();
    const pageMs = numberOrNull((seen?.perPm?.fg ?? seen)?.avgLumaIntervalMs) ?? intervalMs;
    const spacingMs = Math.max(intervalMs, pageMs);
    const numWanted = 1 + Math.max(1, Math.round(measureMs / spacingMs));
    const sinceMs = Math.max(picked.timeMs, unsettledMs);
    const samples = [];
    const first = sampledNow();
    const says = first !== null;
    // A page that only counts its samples does not tell of which pair the one is that is there.
    const isTimed = numberOrNull((seen?.perPm?.fg ?? seen)?.avgLumaLastSampleMs) !== null;
    let last = isTimed ? { atMs: null, count: null } : first;
    let takenMs = performance.now();

    const isReplaced = () =>
      lastPick()?.timeMs !== picked.timeMs || !showsPair(pack, picked.pair) || shown().aborted;
    const take = (atMs) => samples.push({ atMs, fg: layerNow("fg"), bg: layerNow("bg") });

    /** The sample before the first that counts: the last one of the warm-up. */
    const isWarm = (atMs) => samples.length > 0 || atMs + spacingMs > sinceMs + warmupMs;
    function look() {
      if (!says) {
        if (performance.now() - takenMs < intervalMs) return;
        takenMs = performance.now();
        if (isWarm(takenMs)) take(takenMs);
        return;
      }
      const now = sampledNow();
      if (now === null || (now.atMs === last.atMs && now.count === last.count)) return;
      last = now;
      const isApart = samples.length === 0 || now.atMs - samples.at(-1).atMs > 0.8 * intervalMs;
      if (now.atMs >= sinceMs && isApart && isWarm(now.atMs)) take(now.atMs);
    }

    const { loudest, listen } = listener();
    let replaced = false;
    await until(() => {
      replaced = isReplaced();
      listen();
      if (!replaced) look();
      return replaced || samples.length >= numWanted;
    }, timeoutMs);
    return {
      replaced,
      samples,
      shown: { ...shown(), ...loudest },
      lastPick: described(lastPick()),
    };
  }

  function overlay(text) {
    const shownIn = byId("nw-eval-overlay");
    if (shownIn) shownIn.textContent = text;
    return shownIn !== null;
  }

  window.__aivj_live = {
    born: () => performance.timeOrigin,
    wait: ({ name, argument, timeoutMs }) => until(() => CONDITIONS[name](argument), timeoutMs),
    uncheckAuto,
    raiseFlags,
    coupledInit,
    manifestPairs,
    store,
    turnUp,
    play,
    hear,
    webgl,
    shown,
    pick,
    measure,
    overlay,
  };
})();
