// The part of Butterchurn 3.0.0-beta.5 that the stage touches; the package ships no types.
declare module "butterchurn" {
  export interface AudioLevels {
    timeByteArray: Uint8Array;
    timeByteArrayL: Uint8Array;
    timeByteArrayR: Uint8Array;
  }

  /** A visualizer's ear. */
  export interface AudioProcessor {
    /** Samples of both channels, -128 to 127. */
    timeArrayL: Int8Array;
    timeArrayR: Int8Array;
    /** Spectra of what both channels have together, and of each. */
    freqArray: Float32Array;
    freqArrayL: Float32Array;
    freqArrayR: Float32Array;
    updateAudio(both: Uint8Array, left: Uint8Array, right: Uint8Array): void;
  }

  export type Noise = Record<string, unknown>;

  export interface ImageTextures {
    samplers: Record<string, WebGLTexture>;
    clouds2Image: HTMLImageElement;
    emptyImage: HTMLImageElement;
    bindTexture(
      texture: WebGLTexture,
      image: HTMLImageElement,
      width: number,
      height: number,
    ): void;
  }

  export interface PresetShader {
    updateShader(text: string): void;
  }

  /** What draws one custom wave or shape, made with its index, the context and sizes. */
  export type WaveOrShape = object;

  /** A preset whose equations are ready to run. */
  export interface LoadedPreset {
    waves: unknown[];
    shapes: unknown[];
    /** Its variables. */
    globalPools: Record<string, Record<string, unknown>>;
  }

  export interface Renderer {
    customWaveforms: WaveOrShape[];
    customShapes: WaveOrShape[];
    loadPreset(preset: LoadedPreset, blendTimeS: number): void;
    prevWarpShader: PresetShader;
    prevCompShader: PresetShader;
    noise: Noise;
    image: ImageTextures;
    renderToScreen(): void;
    bindFrambufferAndSetViewport(
      framebuffer: WebGLFramebuffer | null,
      width: number,
      height: number,
    ): void;
  }

  export interface Visualizer {
    audio: AudioProcessor;
    renderer: Renderer;
    loadPreset(preset: object, blendTimeS: number): Promise<void>;
    setRendererSize(width: number, height: number): void;
    render(options: { audioLevels: AudioLevels; elapsedTime: number }): void;
  }

  const butterchurn: {
    createVisualizer(
      audioContext: AudioContext | null,
      canvas: { getContext(kind: string): unknown },
      options: Record<string, unknown>,
    ): Visualizer;
  };
  export default butterchurn;
}

// The images of Butterchurn's presets, by the name of their sampler.
declare module "butterchurn-presets/imageData.js" {
  const images: Record<string, { data: string; width: number; height: number }>;
  export default images;
}
