// One preset, drawn by Butterchurn into a texture of a context that it shares with other layers.

import butterchurn, { type AudioLevels, type Visualizer } from "butterchurn";
import { type StageContext, Target } from "./context.ts";
// Math.random must be replaced before Butterchurn loads, so this import stays first.
import { drawFrom, RandomStream } from "./random.ts";

const MESH_WIDTH = 48;
const MESH_HEIGHT = 36;
const IMAGE_TIMEOUT_MS = 10_000;

/** Makes Butterchurn's own canvas hand out the shared context instead of a new one. */
function withSharedContext<T>(gl: WebGL2RenderingContext, make: () => T): T {
  const original = window.OffscreenCanvas;
  class SharedCanvas {
    getContext(): WebGL2RenderingContext {
      return gl;
    }
  }
  window.OffscreenCanvas = SharedCanvas as unknown as typeof OffscreenCanvas;
  try {
    return make();
  } finally {
    window.OffscreenCanvas = original;
  }
}

export class Layer {
  readonly target: Target;
  readonly #visualizer: Visualizer;
  readonly #random: RandomStream;

  constructor(context: StageContext, width: number, height: number, seed: number) {
    const { gl } = context;
    this.target = new Target(gl, width, height);
    this.#random = new RandomStream(seed);
    drawFrom(this.#random);
    this.#visualizer = withSharedContext(gl, () =>
      butterchurn.createVisualizer(
        null,
        { getContext: () => null },
        {
          width,
          height,
          meshWidth: MESH_WIDTH,
          meshHeight: MESH_HEIGHT,
          pixelRatio: 1,
          textureRatio: 1,
          onlyUseWASM: true,
        },
      ),
    );
    this.#drawIntoTarget();
  }

  /** Loads a converted preset. Rejects when its equations do not compile. */
  async load(preset: object): Promise<void> {
    await this.#imagesDecoded();
    drawFrom(this.#random);
    await this.#visualizer.loadPreset(preset, 0);
  }

  /** Draws the next frame, `elapsedS` after the last one. Throws when an equation traps. */
  render(audioLevels: AudioLevels, elapsedS: number): void {
    drawFrom(this.#random);
    this.#visualizer.render({ audioLevels, elapsedTime: elapsedS });
  }

  /** Where Butterchurn means the screen, it gets our texture. */
  #drawIntoTarget(): void {
    const { renderer } = this.#visualizer;
    const bind = renderer.bindFrambufferAndSetViewport.bind(renderer);
    renderer.bindFrambufferAndSetViewport = (framebuffer, width, height) =>
      bind(framebuffer ?? this.target.framebuffer, width, height);
  }

  /** Butterchurn decodes its own images in the background; a frame before that looks different. */
  async #imagesDecoded(): Promise<void> {
    const { samplers } = this.#visualizer.renderer.image;
    const deadline = performance.now() + IMAGE_TIMEOUT_MS;
    while (!(samplers.clouds2 && samplers.empty)) {
      if (performance.now() > deadline) throw new Error("built-in textures did not decode in 10 s");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
