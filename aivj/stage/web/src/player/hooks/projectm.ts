// `window.__projectm_verify`: what is drawn and heard at this moment.

import {
  DOWNSAMPLE_SIZE,
  type LayerSample,
  type LayerSamples,
  SAMPLE_INTERVAL_MS,
} from "../layer_sampler.ts";
import type { Load } from "../load/load.ts";
import type { LoadReport, Preparation } from "../preparation.ts";
import type { LayerKey, PresetIds } from "../programme.ts";
import type { DrawState, Screen } from "../screen.ts";
import type { Ear } from "../sound/ear.ts";

interface SampledLayer extends Partial<LayerSample> {
  /** `performance.now()` of the frame sampled last; 0 before the first. */
  readonly avgLumaLastSampleMs: number;
  readonly avgLumaSampleCount: number;
  readonly avgLumaDownsampleSize: number;
  readonly avgLumaIntervalMs: number;
}

/** The foreground stands at the root once more, as programs expect it there. */
interface ProjectmHooks extends DrawState, SampledLayer {
  readonly lastAudioRms: number;
  readonly lastAudioPeak: number;
  readonly lastAudioGain: number;
  readonly lastAudioSamplesPerChannel: number;
  /** Whether the presets were given what was heard. */
  readonly lastAudioCopyOk: boolean;
  readonly presetIdFg: string;
  readonly presetIdBg: string;
  readonly presetLoadLast: LoadReport | null;
  readonly perPm: Readonly<Record<LayerKey, SampledLayer & { audioFeedIntervalMs: number }>>;
}

declare global {
  interface Window {
    __projectm_verify?: Readonly<ProjectmHooks>;
  }
}

interface ProjectmParts {
  readonly screen: Screen;
  readonly ear: Ear;
  readonly load: Load;
  readonly preparation: Preparation;
  readonly presetIds: () => PresetIds;
}

/** Butterchurn takes every second of its 1,024 samples. */
const SAMPLES_PER_CHANNEL = 512;

export function publishProjectmHooks(parts: ProjectmParts): void {
  Object.defineProperty(window, "__projectm_verify", { get: () => present(parts) });
}

function present({ screen, ear, load, preparation, presetIds }: ProjectmParts): ProjectmHooks {
  const { samples, state } = screen;
  const { rms, peak, gain } = ear.loudness;
  const intervalsMs = load.caps(performance.now()).pmAudioFeedIntervalMs;
  const { fg, bg } = presetIds();
  return {
    ...state,
    lastAudioRms: rms,
    lastAudioPeak: peak,
    lastAudioGain: gain,
    lastAudioSamplesPerChannel: SAMPLES_PER_CHANNEL,
    lastAudioCopyOk: state.framesRendered > 0,
    presetIdFg: fg,
    presetIdBg: bg,
    presetLoadLast: preparation.lastReport,
    ...sampled(samples, "fg"),
    perPm: {
      fg: { ...sampled(samples, "fg"), audioFeedIntervalMs: intervalsMs.fg },
      bg: { ...sampled(samples, "bg"), audioFeedIntervalMs: intervalsMs.bg },
    },
  };
}

function sampled({ atMs, count, ...layers }: LayerSamples, layer: LayerKey): SampledLayer {
  return {
    ...(layers[layer] ?? {}),
    avgLumaLastSampleMs: atMs,
    avgLumaSampleCount: count,
    avgLumaDownsampleSize: DOWNSAMPLE_SIZE,
    avgLumaIntervalMs: SAMPLE_INTERVAL_MS,
  };
}
