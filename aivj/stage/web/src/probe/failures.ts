// Why a preset cannot be drawn, and how what it made on the GPU goes with it.

import { messageOf } from "../ground/errors.ts";
import type { StageContext } from "../render/context.ts";
import { GlObjects } from "../render/gl_objects.ts";

type FailureKind = "bad-equation" | "script-error" | "wasm-trap" | "shader-link" | "context-lost";

/** A preset that cannot be drawn: `kind` says why, `layer` which of those that were drawn. */
export class RenderFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    readonly layer: string,
    message: string,
  ) {
    super(message);
  }
}

/** It took longer than it may. */
export class TookTooLong extends Error {}

function failure(kind: FailureKind, layer: string, error: unknown): RenderFailure {
  return new RenderFailure(kind, layer, messageOf(error));
}

/** What an error is that comes while a preset is drawn. */
export function equationFailure(layer: string, error: unknown): RenderFailure {
  return failure(isTrap(error) ? "wasm-trap" : "script-error", layer, error);
}

/** What an error is that comes while a preset is loaded, which also runs its equations once. */
export function loadFailure(layer: string, error: unknown): RenderFailure {
  return failure(isTrap(error) ? "wasm-trap" : "bad-equation", layer, error);
}

function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}

// `isContextLost` says so only after the page's next event; the error is there at once.
const CONTEXT_LOST_WEBGL = 0x9242;

function isLost(context: StageContext): boolean {
  return context.gl.isContextLost() || context.takeErrors().includes(CONTEXT_LOST_WEBGL);
}

function contextLost(): RenderFailure {
  return new RenderFailure("context-lost", "both", "the WebGL context was lost");
}

export function refuseBroken(context: StageContext): void {
  if (isLost(context)) throw contextLost();
  for (const [layer, log] of context.programs.linkErrors()) {
    throw new RenderFailure("shader-link", layer, log);
  }
}

/** Runs `draw`; nothing that it made stays on the GPU, nor any state that it set. */
export async function leavingNothing<T>(context: StageContext, draw: () => Promise<T>): Promise<T> {
  const objects = new GlObjects();
  context.programs.forgetUses();
  context.ledger.owner = objects;
  try {
    return await draw();
  } catch (error) {
    // Without a context anything can fail, and nothing of that is the presets' fault.
    throw isLost(context) ? contextLost() : error;
  } finally {
    context.ledger.owner = null;
    objects.release();
    context.resetState();
  }
}
