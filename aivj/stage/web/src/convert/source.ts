// A preset's text, brought into the form that `splitPreset` reads without losing a line.

const CODE = /^(?:per_frame|per_pixel|wavecode_|shapecode_|wave_\d|shape_\d|warp_\d|comp_\d)/;

/**
 * Line that `splitPreset` takes for the start of the code. It knows the start by some kinds of code
 * line only, and would pass over the ones before.
 */
const CODE_MARKER = "per_frame_marker";

/** Returns latin-1 preset text with one known header, values first and code behind. */
export function normalizePreset(text: string): string {
  const clean = text.replace(/^\u00ef\u00bb\u00bf/, "").replace(/\0/g, "");
  const lines = clean
    .split(clean.includes("\n") ? /\r*\n/ : /\r/)
    .map((line) => line.replace(/^\s*([^=\s]+)\s*=/, "$1="));
  const header = lines.findIndex((line) => /^\s*\[preset\d*\]/i.test(line));
  const content = lines.slice(header + 1);
  const next = content.findIndex((line) => /^\s*\[preset\d*\]/i.test(line));
  const section = next === -1 ? content : content.slice(0, next);
  return [
    ...lines.slice(0, Math.max(header, 0)),
    "[preset00]",
    ...section.filter((line) => !CODE.test(line)),
    CODE_MARKER,
    ...section.filter((line) => CODE.test(line)),
  ].join("\n");
}
