// Runs in every document before its own scripts: what a sampler sets, shows and brings along.
(settings) => {
  try {
    for (const [key, text] of Object.entries(settings.stored)) localStorage.setItem(key, text);
  } catch {
    // A document without an origin has no storage, and is not the runtime's.
    return;
  }
  window.__nw_verify = Object.assign(window.__nw_verify ?? {}, settings.flags);

  function mountOverlay() {
    if (document.getElementById("nw-eval-overlay")) return;
    const overlay = document.createElement("div");
    overlay.id = "nw-eval-overlay";
    overlay.textContent = "eval: booting...";
    Object.assign(overlay.style, {
      position: "fixed",
      left: "8px",
      top: "8px",
      zIndex: "999999",
      padding: "6px 8px",
      font: "12px/1.25 monospace",
      whiteSpace: "pre",
      background: "rgba(0,0,0,0.55)",
      color: "#e8e8e8",
      pointerEvents: "none",
      // Text over the canvas makes the browser compose two layers a frame, which costs a CPU a lot:
      // it is there for programs, and drawn only where somebody can see it.
      display: settings.showOverlay ? "block" : "none",
    });
    document.body.append(overlay);
  }
  if (document.body) mountOverlay();
  else document.addEventListener("DOMContentLoaded", mountOverlay, { once: true });

  let before = null;
  window.__nw_eval = {
    /** Luma of the canvas, Rec. 709, and its mean change since the last call; both 0 to 1. */
    sampleViz(size = 12) {
      const canvas = document.getElementById("viz-canvas");
      if (!canvas) return null;
      const context = new OffscreenCanvas(size, size).getContext("2d", {
        willReadFrequently: true,
      });
      context.drawImage(canvas, 0, 0, size, size);
      const { data } = context.getImageData(0, 0, size, size);
      let luma = 0;
      let delta = 0;
      for (let at = 0; at < data.length; at += 4) {
        luma += 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
        for (let channel = 0; channel < 3; channel++) {
          delta += Math.abs(data[at + channel] - (before?.[at + channel] ?? 0)) / 3;
        }
      }
      const isFirst = before?.length !== data.length;
      before = data;
      const scale = 255 * size * size;
      return { avgLuma: luma / scale, avgFrameDelta: isFirst ? null : delta / scale };
    },
  };
};
