/** Raised on every change that can change any output. */
const OWN_VERSION = 4;

/**
 * How `pow` treats a negative base, which GLSL leaves undefined: `abs` raises |a|, so that every
 * renderer draws the same.
 */
const POW_POLICY = "abs";

export const CONVERTER = [`aivj-convert ${OWN_VERSION}`, `pow ${POW_POLICY}`].join(", ");
