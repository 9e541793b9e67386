// Textures a preset names beyond those Butterchurn declares.

/** Images of Butterchurn's presets, which a page loads when a preset names them, and their size. */
export const EXTRA_TEXTURES: ReadonlyMap<string, number> = new Map([
  ["cells", 256],
  ["lichen", 256],
  ["prayerwheel", 128],
  ["seaweed", 256],
  ["smalltiled_lizard_scales", 256],
]);

/** Images that Butterchurn brings along, and those, with their size in pixels. */
const SHIPPED: ReadonlyMap<string, number> = new Map([
  ["clouds2", 128],
  ["empty", 1],
  ...EXTRA_TEXTURES,
]);

/** Size in pixels taken for a texture we do not have: that of MilkDrop's usual ones. */
const GUESSED_SIZE = 256;

export function isShipped(name: string): boolean {
  return SHIPPED.has(name);
}

/** GLSL for a texture's width, height and their reciprocals. */
export function texsize(name: string): string {
  const size = (SHIPPED.get(name) ?? GUESSED_SIZE).toFixed(1);
  return `vec4(${size}, ${size}, 1.0 / ${size}, 1.0 / ${size})`;
}
