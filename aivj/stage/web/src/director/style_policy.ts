// The style policy: how much motion is calm, groove or peak, and whether a cluster goes on.

import { type Fetch, fetchedJson, isNumber, isObject } from "../ground/json.ts";
import { clamp01 } from "../ground/smoothing.ts";
import { isProfile, type Macros, type Profile } from "./macros.ts";
import { besideManifest, ENERGIES, type Energy } from "./style_index.ts";

export interface StylePolicy {
  /** How often the next preset comes from the cluster of the present one, 0 to 1. */
  readonly preferSameAuthorChance: number;
  /** The most motion that is still calm, and still groove. */
  readonly motionThresholds: { readonly calmMax: number; readonly grooveMax: number };
  /** Profiles whose energy does not follow the music. */
  readonly profileMap: Readonly<Partial<Record<Profile, Energy>>>;
}

/** As it is written beside every library. */
export const DEFAULT_POLICY: StylePolicy = {
  preferSameAuthorChance: 1,
  motionThresholds: { calmMax: 0.42, grooveMax: 0.72 },
  profileMap: {
    ambient: "calm",
    drone: "calm",
    dub: "groove",
    videoVj: "groove",
    peakRave: "peak",
  },
};

/** The policy in a document; the default in the place of what is not valid. */
export function parseStylePolicy(document: unknown): StylePolicy {
  if (!isObject(document) || document.version !== "v0") return DEFAULT_POLICY;
  const { preferSameAuthorChance: chance, motionThresholds, profileMap } = document;
  return {
    preferSameAuthorChance: isNumber(chance)
      ? clamp01(chance)
      : DEFAULT_POLICY.preferSameAuthorChance,
    motionThresholds: parseThresholds(motionThresholds),
    profileMap: isObject(profileMap) ? parseProfiles(profileMap) : DEFAULT_POLICY.profileMap,
  };
}

/** The policy beside a library's manifest; the default when there is none. */
export async function loadStylePolicy(manifestUrl: string, fetch: Fetch): Promise<StylePolicy> {
  const url = besideManifest(manifestUrl, "aivj-style-policy.v0.json");
  return parseStylePolicy(await fetchedJson(url, fetch));
}

/** The energy that presets should have: the profile's, or else that of the motion. */
export function wantedEnergy(policy: StylePolicy, profile: Profile, macros: Macros): Energy {
  const fixed = policy.profileMap[profile];
  if (fixed !== undefined) return fixed;
  const { calmMax, grooveMax } = policy.motionThresholds;
  if (macros.motion <= calmMax) return "calm";
  return macros.motion <= grooveMax ? "groove" : "peak";
}

function parseThresholds(value: unknown): StylePolicy["motionThresholds"] {
  if (!isObject(value)) return DEFAULT_POLICY.motionThresholds;
  const { calmMax, grooveMax } = value;
  const ordered = isNumber(calmMax) && isNumber(grooveMax) && calmMax <= grooveMax;
  return ordered ? { calmMax, grooveMax } : DEFAULT_POLICY.motionThresholds;
}

function parseProfiles(map: Record<string, unknown>): StylePolicy["profileMap"] {
  const profiles: Partial<Record<Profile, Energy>> = {};
  for (const [profile, name] of Object.entries(map)) {
    const energy = ENERGIES.find((each) => each === name);
    if (isProfile(profile) && energy !== undefined) profiles[profile] = energy;
  }
  return profiles;
}
