// Runs inside the player's page: one pair by the wall-clock protocol, in real time.
async ({ warmupSamples, measureSamples, intervalMs, gridSize }) => {
  const LUMA = [0.2126, 0.7152, 0.0722];
  const hooks = window.__nw_verify;
  const canvas = document.getElementById("viz-canvas");
  const small = new OffscreenCanvas(gridSize, gridSize).getContext("2d", {
    willReadFrequently: true,
  });
  const drawing = () => hooks.getVerifyState().projectmVerify;

  const sleep = (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs));
  // The canvas keeps its picture only until the frame is shown: it is read in the frame that drew
  // it. The player asked for its callback first, so it has drawn when ours runs.
  const inFrame = (read) => new Promise((resolve) => requestAnimationFrame(() => resolve(read())));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  /** Mean red, green and blue, 0 to 1. */
  function meanColor() {
    small.drawImage(canvas, 0, 0, gridSize, gridSize);
    const { data } = small.getImageData(0, 0, gridSize, gridSize);
    const sums = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      for (const channel of [0, 1, 2]) sums[channel] += data[at + channel];
    }
    return sums.map((sum) => sum / (255 * gridSize * gridSize));
  }

  const lumaOf = (color) => color.reduce((sum, part, at) => sum + LUMA[at] * part, 0);

  function motionBetween(before, after) {
    const changes = after.map((part, channel) => Math.abs(part - before[channel]));
    return 0.65 * Math.abs(lumaOf(after) - lumaOf(before)) + 0.35 * mean(changes);
  }

  const framesBefore = drawing().framesRendered;
  if (!(await hooks.actions.coupledNext("bench"))) {
    return { ok: false, reason: hooks._coupledNextDebug?.error ?? "no pair" };
  }
  const colors = [];
  for (let step = 0; step < warmupSamples + measureSamples; step++) {
    await sleep(intervalMs);
    colors.push(await inFrame(meanColor));
  }
  if (drawing().aborted) return { ok: false, reason: "drawing stopped" };
  const measured = colors.slice(warmupSamples);
  const steps = measured.map((color, at) => motionBetween(colors[warmupSamples + at - 1], color));
  return {
    ok: true,
    pair: hooks.getVerifyState().coupled.lastPick.pair,
    luma: mean(measured.map(lumaOf)),
    motion: mean(steps),
    numFrames: drawing().framesRendered - framesBefore,
  };
};
