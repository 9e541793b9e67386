// Whether presets' shaders compile and link here, found out before anything is drawn.

import { FULL_MESH, type Layer, type LayerFactory } from "../render/layer.ts";
import { leavingNothing } from "./failures.ts";

/** A preset's two shaders, as the converter makes them; empty is Butterchurn's own. */
export interface Shaders {
  readonly warp: string;
  readonly comp: string;
}

/** For each shader what the compiler says if it does not link, else null. */
export interface LinkErrors {
  warp: string | null;
  comp: string | null;
}

const SIZE = { width: 16, height: 16, ...FULL_MESH };

/** Compiles and links the shaders of each preset, wrapped as they are when they are drawn. */
export async function linkErrors(
  factory: LayerFactory,
  presets: readonly Shaders[],
): Promise<LinkErrors[]> {
  const { context } = factory;
  return await leavingNothing(context, async () => {
    const layer = factory.create(SIZE, 0);
    return presets.map((shaders) => errorsOf(factory, layer, shaders));
  });
}

function errorsOf({ context }: LayerFactory, layer: Layer, shaders: Shaders): LinkErrors {
  const { programs } = context;
  const errors: LinkErrors = { warp: null, comp: null };
  programs.forgetUses();
  for (const kind of ["warp", "comp"] as const) {
    programs.user = kind;
    layer.compile({ [kind]: shaders[kind] });
  }
  for (const [kind, log] of programs.linkErrors()) errors[kind as keyof LinkErrors] = log;
  return errors;
}
