// How deep the two layers stand in space: what the address asks for, and what that means at a time.
//
// The contract names the parameters and their ranges, not the picture. Here the foreground's
// brightness is the relief: bright parts stand near. The viewer's head sways slowly, the background
// lies behind and shifts against it, and is blurred where the foreground holds the eye.

export type Coupling3dMode = "off" | "debug" | "on";

export interface Coupling3d {
  /** `debug` shows the relief instead of the picture. */
  readonly mode: Coupling3dMode;
  /** Whether the figures are shown. */
  readonly hud: boolean;
  /** How far the layers shift against each other, 0 to 2. */
  readonly parallax: number;
  /** How much the background is blurred, 0 to 2: depth of field. */
  readonly dof: number;
  /** Share of the whole effect, 0 to 2; 0 is the plain picture. */
  readonly strength: number;
}

/** What the compositor is given for one frame; lengths in shares of the picture's height. */
export interface Relief {
  /** Where the viewer's head is. */
  readonly sway: readonly [x: number, y: number];
  /** How far the brightest parts of the foreground stand before the darkest. */
  readonly depth: number;
  /** Radius of the background's blur. */
  readonly blur: number;
}

export const FLAT: Relief = { sway: [0, 0], depth: 0, blur: 0 };

const MAX_FACTOR = 2;
const SWAY = 0.012;
const SWAY_PERIODS_S = [11, 17] as const;
const DEPTH = 0.02;
const BLUR = 0.006;
/** How much deeper the loudest music makes it than silence. */
const ENERGY_SHARE = 0.6;

export function parseCoupling3d(params: URLSearchParams): Coupling3d {
  const mode = params.get("coupling3d");
  const hud = params.get("coupling3dHud") ?? "";
  return {
    mode: mode === "on" || mode === "debug" ? mode : "off",
    hud: hud !== "" && hud !== "0" && hud !== "off",
    parallax: factor(params, "coupling3dParallax"),
    dof: factor(params, "coupling3dDof"),
    strength: factor(params, "coupling3dStrength"),
  };
}

/** The relief at a time; `energy01` is the music's. */
export function reliefAt(settings: Coupling3d, timeS: number, energy01: number): Relief {
  const { mode, parallax, dof, strength } = settings;
  if (mode === "off" || strength === 0) return FLAT;
  const loud = 1 - ENERGY_SHARE + ENERGY_SHARE * energy01;
  const [across, along] = SWAY_PERIODS_S.map((periodS) =>
    Math.sin((2 * Math.PI * timeS) / periodS),
  ) as [number, number];
  const shift = SWAY * parallax * strength;
  return {
    sway: [shift * across, shift * along],
    depth: DEPTH * parallax * strength * loud,
    blur: BLUR * dof * strength,
  };
}

/** The figures of a frame, for who tunes them. */
export function hudText(settings: Coupling3d, { sway, depth, blur }: Relief): string {
  const { mode, parallax, dof, strength } = settings;
  const wanted = `depth ${mode} · parallax ${parallax} · dof ${dof} · strength ${strength}`;
  const found = [...sway, depth, blur].map((length) => length.toFixed(4)).join(" ");
  return `${wanted} · ${found}`;
}

/** 1 when absent or no number. */
function factor(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? "";
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? 1 : Math.min(Math.max(value, 0), MAX_FACTOR);
}
