// Noise and built-in images: read by presets, never written, so all layers of a context share them.
//
// Butterchurn computes six noise textures and decodes two images for each visualizer, 0.1 s a layer.
// The first visualizer of a context does that; the later ones are handed its textures. What they
// would compute is left out by replacing methods of Butterchurn's own classes, which it does not
// export: they are reached through the first instance.

import type { ImageTextures, Noise, Visualizer } from "butterchurn";
import { EXTRA_TEXTURES } from "../convert/textures.ts";
import type { StageContext } from "./context.ts";

/** The file that `extra_textures.ts` becomes. */
const EXTRA_FILE = "/extra-textures.js";
const SAMPLER = /\buniform sampler2D sampler_(\w+);/g;

type ExtraImages = Record<string, { data: string; width: number; height: number }>;

const IMAGE_TIMEOUT_MS = 10_000;

export class SharedTextures {
  readonly #noise: Noise;
  readonly #images: ImageTextures;

  private constructor({ renderer }: Visualizer) {
    this.#noise = renderer.noise;
    this.#images = renderer.image;
  }

  /** Takes the textures of the first visualizer; `made` creates it. */
  static async from(visualizer: Visualizer): Promise<SharedTextures> {
    const shared = new SharedTextures(visualizer);
    await shared.#imagesDecoded();
    return shared;
  }

  /** Creates a visualizer that computes and decodes nothing, and gives it the shared textures. */
  lend(make: () => Visualizer): Visualizer {
    const noise = this.#noise.constructor as unknown as Replaceable;
    const images = this.#images.constructor as unknown as Replaceable;
    const nothing = () => new Uint8Array(0);
    const restore = [
      replaced(window as unknown as Record<string, unknown>, { Image: NoImage }),
      replaced(noise, { createNoiseTex: nothing, createNoiseVolTex: nothing }),
      replaced(noise.prototype, { bindTexture: nothing, bindTexture3D: nothing }),
      replaced(images.prototype, { bindTexture: nothing }),
    ];
    try {
      const visualizer = make();
      const { renderer } = visualizer;
      Object.assign(renderer.noise, this.#noise);
      renderer.image.samplers = this.#images.samplers;
      return visualizer;
    } finally {
      for (const undo of restore) undo();
    }
  }

  /**
   * Loads those images that the shaders name and no preset before did. They stay with the context,
   * whoever has asked for them first.
   */
  async ensure(context: StageContext, shaders: readonly string[]): Promise<void> {
    const { samplers } = this.#images;
    const named = shaders.flatMap((text) =>
      [...text.matchAll(SAMPLER)].map(([, name = ""]) => name),
    );
    const missing = new Set(named.filter((name) => EXTRA_TEXTURES.has(name) && !samplers[name]));
    if (missing.size === 0) return;
    const { images }: { images: ExtraImages } = await import(EXTRA_FILE);
    for (const name of missing) {
      const { data = "", width = 0, height = 0 } = images[name] ?? {};
      const image = new Image();
      image.src = data;
      await image.decode();
      context.ledger.unowned(() => {
        const texture = context.gl.createTexture();
        this.#images.bindTexture(texture, image, width, height);
        samplers[name] = texture;
      });
    }
  }

  /** A frame before the images are decoded looks different. */
  async #imagesDecoded(): Promise<void> {
    const { samplers } = this.#images;
    const deadline = performance.now() + IMAGE_TIMEOUT_MS;
    while (!(samplers.clouds2 && samplers.empty)) {
      if (performance.now() > deadline) throw new Error("built-in textures did not decode in 10 s");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

type Replaceable = Record<string, unknown> & { prototype: Record<string, unknown> };

/** Replaces members of `object` and returns what puts them back. */
function replaced(object: Record<string, unknown>, members: Record<string, unknown>): () => void {
  const before = Object.fromEntries(Object.keys(members).map((name) => [name, object[name]]));
  Object.assign(object, members);
  return () => Object.assign(object, before);
}

/** What is never decoded. */
class NoImage {
  src = "";
  onload: unknown = null;
}
