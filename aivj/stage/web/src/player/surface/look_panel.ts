// How the layers are mixed.

import { clamp01 } from "../../ground/smoothing.ts";
import { element, fillSelect, setText } from "../../page/elements.ts";
import { BLEND_MODES, type BlendMode } from "../compositor.ts";
import { type Coupling3d, type Coupling3dMode, hudText } from "../coupling3d.ts";
import type { Mixer } from "../mixer.ts";

const OPACITY_STEP = 0.05;
const DEPTH_SLIDERS = {
  "coupling3d-parallax": "parallax",
  "coupling3d-dof": "dof",
  "coupling3d-strength": "strength",
} as const;

export class LookPanel {
  readonly #mixer: Mixer;
  readonly #opacity = element("pm-opacity", HTMLInputElement);
  readonly #opacityText = element("pm-opacity-text", HTMLElement);
  readonly #hud = element("coupling3d-hud", HTMLElement);

  constructor(mixer: Mixer) {
    this.#mixer = mixer;
    this.#slider("pm-audio-opacity", mixer.beatShare, (value) => {
      mixer.beatShare = value;
    });
    this.#slider("pm-energy-opacity", mixer.energyShare, (value) => {
      mixer.energyShare = value;
    });
    this.#opacity.addEventListener("input", () => this.#setOpacity(Number(this.#opacity.value)));
    this.#setOpacity(mixer.opacity);
    this.#connectLists();
    this.#connectDepth();
    this.#hud.hidden = !mixer.coupling3d.hud;
  }

  /** Shows the figures of a frame where the address asks for them. */
  show(nowMs: number): void {
    if (this.#hud.hidden) return;
    setText(this.#hud, hudText(this.#mixer.coupling3d, this.#mixer.look(nowMs).relief));
  }

  /** A step up or down. */
  stepOpacity(direction: 1 | -1): void {
    this.#setOpacity(this.#mixer.opacity + direction * OPACITY_STEP);
  }

  #setOpacity(opacity: number): void {
    this.#mixer.opacity = clamp01(opacity);
    this.#opacity.value = String(this.#mixer.opacity);
    setText(this.#opacityText, `${Math.round(100 * this.#mixer.opacity)} %`);
  }

  #connectLists(): void {
    const blend = element("pm-blend-mode", HTMLSelectElement);
    fillSelect(
      blend,
      BLEND_MODES.map((mode) => ({ id: mode, label: mode })),
      this.#mixer.blendMode,
    );
    blend.addEventListener("change", () => {
      this.#mixer.blendMode = blend.value as BlendMode;
    });
    const background = element("bg-type-select", HTMLSelectElement);
    background.addEventListener("change", () => {
      this.#mixer.backgroundShown = background.value !== "none";
    });
  }

  #connectDepth(): void {
    const mode = element("coupling3d-mode", HTMLSelectElement);
    mode.value = this.#mixer.coupling3d.mode;
    mode.addEventListener("change", () =>
      this.#changeDepth({ mode: mode.value as Coupling3dMode }),
    );
    for (const [id, name] of Object.entries(DEPTH_SLIDERS)) {
      this.#slider(id, this.#mixer.coupling3d[name], (value) =>
        this.#changeDepth({ [name]: value }),
      );
    }
  }

  #changeDepth(change: Partial<Coupling3d>): void {
    this.#mixer.coupling3d = { ...this.#mixer.coupling3d, ...change };
  }

  #slider(id: string, value: number, set: (value: number) => void): void {
    const slider = element(id, HTMLInputElement);
    slider.value = String(value);
    slider.addEventListener("input", () => set(Number(slider.value)));
  }
}
