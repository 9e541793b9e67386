// A preset that a program asked about, drawn to the synthetic music within the time it may take.

import { FULL_MESH, type LayerFactory } from "../render/layer.ts";
import { leavingNothing, refuseBroken } from "./failures.ts";
import { type PresetRequest, presetOf, report } from "./preset_request.ts";
import { PresetTake } from "./preset_take.ts";
import { syntheticClip } from "./synthetic_sound.ts";

const SEED = 1;

interface BatchSettings {
  readonly width: number;
  readonly height: number;
  readonly framesPerS: number;
  readonly timeoutMs: number;
  /** Frames drawn before `use` goes on. */
  readonly numWarmup: number;
}

/** Loads and warms up; behind `use` nothing of the preset stays on the GPU. */
export async function withTake<T>(
  factory: LayerFactory,
  request: PresetRequest,
  { width, height, framesPerS, timeoutMs, numWarmup }: BatchSettings,
  use: (take: PresetTake) => T,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  report("load", request);
  const preset = await presetOf(request);
  const size = { width, height, ...FULL_MESH };
  const settings = { ...size, framesPerS, deadlineMs, seed: SEED, sound: syntheticClip() };
  return await leavingNothing(factory.context, async () => {
    const take = await PresetTake.load(factory, preset, settings);
    report("warmup", request);
    for (let frame = 0; frame < numWarmup; frame++) take.draw();
    const seen = use(take);
    refuseBroken(factory.context);
    return seen;
  });
}
