// A preset's values under the names that Butterchurn knows.

import type { MilkPart } from "./milk.ts";

/** Butterchurn's names for what MilkDrop's files call otherwise; keys are lower-case. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["frating", "rating"],
  ["fgammaadj", "gammaadj"],
  ["fdecay", "decay"],
  ["fvideoechozoom", "echo_zoom"],
  ["fvideoechoalpha", "echo_alpha"],
  ["nvideoechoorientation", "echo_orient"],
  ["nwavemode", "wave_mode"],
  ["badditivewaves", "additivewave"],
  ["bwavedots", "wave_dots"],
  ["bwavethick", "wave_thick"],
  ["bmodwavealphabyvolume", "modwavealphabyvolume"],
  ["bmaximizewavecolor", "wave_brighten"],
  ["btexwrap", "wrap"],
  ["bdarkencenter", "darken_center"],
  ["bredbluestereo", "red_blue"],
  ["bbrighten", "brighten"],
  ["bdarken", "darken"],
  ["bsolarize", "solarize"],
  ["binvert", "invert"],
  ["fwavealpha", "wave_a"],
  ["fwavescale", "wave_scale"],
  ["fwavesmoothing", "wave_smoothing"],
  ["fwaveparam", "wave_mystery"],
  ["fmodwavealphastart", "modwavealphastart"],
  ["fmodwavealphaend", "modwavealphaend"],
  ["fwarpanimspeed", "warpanimspeed"],
  ["fwarpscale", "warpscale"],
  ["fzoomexponent", "zoomexp"],
  ["nmotionvectorsx", "mv_x"],
  ["nmotionvectorsy", "mv_y"],
  ["thick", "thickoutline"],
  ["instances", "num_inst"],
  ["num_instances", "num_inst"],
  ["badditive", "additive"],
  ["busedots", "usedots"],
  ["bspectrum", "spectrum"],
  ["bdrawthick", "thick"],
]);

/** Returns the values of a preset, custom wave or custom shape; Butterchurn adds its defaults. */
export function baseValues({ kind, values }: MilkPart): Record<string, number> {
  const named = new Map<string, number>();
  for (const [key, value] of values) {
    const name = NAMES.get(key) ?? key;
    if (!named.has(name)) named.set(name, value);
  }
  if (kind === "preset") setMotionVectors(named);
  return Object.fromEntries(named);
}

/**
 * Motion vectors are seen where `mv_a` says so; before that existed, `bMotionVectorsOn` did.
 * Butterchurn takes a preset that is silent for one that shows them, and so it is told.
 */
function setMotionVectors(named: Map<string, number>): void {
  const isOn = Number(Boolean(named.get("bmotionvectorson")));
  named.set("mv_a", named.get("mv_a") ?? isOn);
  named.delete("bmotionvectorson");
}
