// Presets as the page can draw them; the server converts, since a page cannot convert shaders.

export interface Converted {
  /** As Butterchurn takes it. */
  readonly preset: object;
  /** Why it will not look as its author meant; empty if it will. */
  readonly degradedReasons: readonly string[];
}

/** The Butterchurn preset for a pack's `.milk` file. */
export async function loadPreset(url: string): Promise<Converted> {
  const response = await fetch(`/converted${url}`);
  if (!response.ok) throw new Error(`${url} cannot be converted (HTTP ${response.status})`);
  const converted: { butterchurn?: object; degradedReasons?: string[] } = await response.json();
  const { butterchurn: preset = {}, degradedReasons = [] } = converted;
  if (Object.keys(preset).length === 0) {
    throw new Error(`${url} holds no preset: ${degradedReasons.join("; ")}`);
  }
  return { preset, degradedReasons };
}
