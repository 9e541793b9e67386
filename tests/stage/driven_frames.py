"""Animation frames that come when a test says so, at the times it says."""

# Frames come as ever until `drive` is called; from then on `frames` alone lets them come.
DRIVEN_FRAMES = """(() => {
  const ask = window.requestAnimationFrame.bind(window);
  let driven = false, waiting = [], lastMs = 0;
  const hold = (callback) => waiting.push(callback);
  window.requestAnimationFrame = (callback) => driven ? hold(callback) : ask((nowMs) => {
    if (driven) return hold(callback);
    lastMs = nowMs;
    callback(nowMs);
  });
  window.drive = async () => {
    driven = true;
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    lastMs = Math.ceil(lastMs);
  };
  window.frameAt = (nowMs) => {
    const due = waiting;
    [waiting, lastMs] = [[], nowMs];
    for (const callback of due) callback(nowMs);
  };
  window.frames = (count, gapMs) => {
    for (let number = 0; number < count; number++) window.frameAt(lastMs + gapMs);
  };
})();"""
