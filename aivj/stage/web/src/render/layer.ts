// One preset, drawn by Butterchurn into a texture of a context that it shares with other layers.

import butterchurn, {
  type AudioLevels,
  type LoadedPreset,
  type Visualizer,
  type WaveOrShape,
} from "butterchurn";
import { wasCutOff } from "../equations/module.ts";
import { shareAnalyses } from "./analysis.ts";
import { type StageContext, Target } from "./context.ts";
import { drawFrom, RandomStream } from "./random.ts";
import { SharedTextures } from "./shared_textures.ts";

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

/** How finely a layer is drawn: picture in pixels, warp mesh in squares. */
export interface LayerSize {
  readonly width: number;
  readonly height: number;
  readonly meshWidth: number;
  readonly meshHeight: number;
}

/** MilkDrop's own mesh. */
export const FULL_MESH = { meshWidth: 48, meshHeight: 36 };

function createVisualizer(gl: WebGL2RenderingContext, size: LayerSize): Visualizer {
  const canvas = { getContext: () => null };
  const options = { ...size, pixelRatio: 1, textureRatio: 1, onlyUseWASM: true };
  return withSharedContext(gl, () => butterchurn.createVisualizer(null, canvas, options));
}

/** Of what layers share: what a layer looks like is decided by its own seed alone. */
const SHARED_SEED = 0;
const NUM_COMPOSITE_RANDOMS = 4;
const SMALLEST: LayerSize = { width: 16, height: 16, meshWidth: 2, meshHeight: 2 };

/** Makes the layers of one context. */
export class LayerFactory {
  private constructor(
    readonly context: StageContext,
    readonly textures: SharedTextures,
  ) {}

  /** Prepares what all layers share. */
  static async create(context: StageContext): Promise<LayerFactory> {
    drawFrom(new RandomStream(SHARED_SEED));
    const textures = await SharedTextures.from(createVisualizer(context.gl, SMALLEST));
    return new LayerFactory(context, textures);
  }

  /** Makes a layer that draws from a random stream of its own. */
  create(size: LayerSize, seed: number): Layer {
    const { gl } = this.context;
    const random = new RandomStream(seed);
    drawFrom(random);
    const visualizer = this.textures.lend(() => createVisualizer(gl, size));
    const target = new Target(gl, size.width, size.height);
    return new Layer(this, visualizer, random, target);
  }
}

export class Layer {
  readonly #visualizer: Visualizer;
  readonly #random: RandomStream;
  readonly #context: StageContext;
  readonly #textures: SharedTextures;
  #target: Target;
  #loaded: LoadedPreset | null = null;

  constructor(
    { context, textures }: LayerFactory,
    visualizer: Visualizer,
    random: RandomStream,
    target: Target,
  ) {
    this.#context = context;
    this.#textures = textures;
    this.#visualizer = visualizer;
    this.#random = random;
    this.#target = target;
    shareAnalyses(visualizer.audio);
    this.#drawIntoTarget();
    this.#prepareForPresets();
  }

  /** What it draws into. */
  get target(): Target {
    return this.#target;
  }

  /** Whether equations of its preset were left out in any frame, since they took too long. */
  get wasCutOff(): boolean {
    return this.#loaded !== null && wasCutOff(this.#loaded.globalPools);
  }

  /**
   * Starts to compile a converted preset's shaders, so that `load` need not wait for the driver once
   * the function returned says that they are compiled.
   */
  compile({ warp = "", comp = "" }: { warp?: string; comp?: string }): () => boolean {
    const { prevWarpShader, prevCompShader } = this.#visualizer.renderer;
    // `load` makes these two the present ones, and builds them once more.
    return this.#context.programs.rehearse(() => {
      prevWarpShader.updateShader(warp.trim());
      prevCompShader.updateShader(comp.trim());
    });
  }

  /** Loads a converted preset. Rejects when its equations do not compile. */
  async load(preset: { warp?: string; comp?: string }): Promise<void> {
    await this.#textures.ensure(this.#context, [preset.warp ?? "", preset.comp ?? ""]);
    drawFrom(this.#random);
    await this.#visualizer.loadPreset(preset, 0);
  }

  /** Draws the next frame, `elapsedS` after the last one. Throws when an equation traps. */
  render(audioLevels: AudioLevels, elapsedS: number): void {
    drawFrom(this.#random);
    this.#visualizer.render({ audioLevels, elapsedTime: elapsedS });
  }

  /** Goes on at another size, with the picture as it is. */
  resize(width: number, height: number): void {
    drawFrom(this.#random);
    this.#target = new Target(this.#context.gl, width, height);
    this.#visualizer.setRendererSize(width, height);
  }

  /**
   * Goes on by a frame that nobody looks at: everything that later frames depend on is done, and the
   * target keeps the frame before.
   */
  advance(audioLevels: AudioLevels, elapsedS: number): void {
    const { renderer } = this.#visualizer;
    const show = renderer.renderToScreen;
    // The composite shader's `rand_frame`, so that later frames find the stream where it would be.
    renderer.renderToScreen = () => this.#random.skip(NUM_COMPOSITE_RANDOMS);
    try {
      this.render(audioLevels, elapsedS);
    } finally {
      renderer.renderToScreen = show;
    }
  }

  /** Where Butterchurn means the screen, it gets our texture. */
  #drawIntoTarget(): void {
    const { renderer } = this.#visualizer;
    const bind = renderer.bindFrambufferAndSetViewport.bind(renderer);
    renderer.bindFrambufferAndSetViewport = (framebuffer, width, height) =>
      bind(framebuffer ?? this.target.framebuffer, width, height);
  }

  /** Butterchurn draws four custom waves and shapes; MilkDrop 3 has up to sixteen of each. */
  #prepareForPresets(): void {
    const { renderer } = this.#visualizer;
    const { gl } = this.#context;
    const load = renderer.loadPreset.bind(renderer);
    renderer.loadPreset = (preset, blendTimeS) => {
      bringTo(renderer.customWaveforms, preset.waves.length, gl);
      bringTo(renderer.customShapes, preset.shapes.length, gl);
      this.#loaded = preset;
      load(preset, blendTimeS);
    };
  }
}

/** Makes a list as long as `count`, with more of its kind where they are too few. */
function bringTo(list: WaveOrShape[], count: number, gl: WebGL2RenderingContext): void {
  const [first] = list;
  if (first === undefined) return;
  const kind = first.constructor as new (
    index: number,
    gl: WebGL2RenderingContext,
    sizes: WaveOrShape,
  ) => WaveOrShape;
  list.length = Math.min(list.length, Math.max(count, 1));
  // Of what it is given it takes sizes alone, which the first one has.
  while (list.length < count) list.push(new kind(list.length, gl, first));
}
