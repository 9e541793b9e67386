// The kinds of code in a preset, and what they share.
//
// As MilkDrop has it, each has variables and a `megabuf` of its own: the preset's per-frame code
// with its init code, its per-pixel code, and of each wave and shape the per-frame code with its
// init code, and the per-point code. What Butterchurn keeps of them lies in pools, of which a wave's
// two kinds of code have one together; so what belongs to one of them alone is hidden from the other.

/** What becomes of q33 to q64, which Butterchurn does not know, when code of a kind runs. */
type ExtraQs = "keepAsInit" | "initToFrame" | "fromFrame" | "leave";

export interface Context {
  /** Blocks of the same name share variables and memory. */
  name: string;
  extraQs: ExtraQs;
  /** Whether a variable of the pool is one that this kind of code knows. */
  knows(variable: string): boolean;
}

/** What only its per-point code knows. */
const OF_A_POINT_ALONE = new Set(["x", "y", "sample", "value1", "value2"]);
/** What only a wave's per-frame code knows. */
const OF_A_WAVE_ALONE = new Set([
  ...["enabled", "samples", "sep", "scaling", "smoothing", "spectrum", "usedots", "thick"],
  "additive",
]);
const all = () => true;

/** The context of the block that Butterchurn calls by the name of a function. */
export function contextOf(name: string): Context {
  if (name === "presetInit") return { name: "frame", extraQs: "keepAsInit", knows: all };
  if (name === "perFrame") return { name: "frame", extraQs: "initToFrame", knows: all };
  if (name === "perPixel") return { name: "pixel", extraQs: "leave", knows: all };
  const [, kind = name, index = "", part = ""] =
    /^(waves|shapes)_(\d+)_(\w+)_eqs$/.exec(name) ?? [];
  if (kind !== "waves") return { name: `${kind} ${index}`, extraQs: "fromFrame", knows: all };
  if (part === "point") {
    const knows = (variable: string) => !OF_A_WAVE_ALONE.has(variable);
    return { name: `points ${index}`, extraQs: "leave", knows };
  }
  const knows = (variable: string) => !OF_A_POINT_ALONE.has(variable);
  return { name: `wave ${index}`, extraQs: "fromFrame", knows };
}

/** Variables that all contexts share, and Butterchurn knows nothing of. */
export function isShared(variable: string): boolean {
  return /^reg\d\d$/.test(variable) || isExtraQ(variable);
}

/** q33 to q64, which MilkDrop 3 has. */
export function isExtraQ(variable: string): boolean {
  const [, digits] = /^q([1-9]\d)$/.exec(variable) ?? [];
  return digits !== undefined && Number(digits) > 32 && Number(digits) <= 64;
}

/** What each instance of a shape begins with anew. */
export const OF_AN_INSTANCE = [
  ...["x", "y", "rad", "ang", "r", "g", "b", "a", "r2", "g2", "b2", "a2"],
  ...["border_r", "border_g", "border_b", "border_a"],
  ...["thickoutline", "textured", "tex_zoom", "tex_ang", "additive"],
];
