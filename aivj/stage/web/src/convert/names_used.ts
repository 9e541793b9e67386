// What a rewritten program uses and somebody has to declare.

import { INTRINSIC_PREFIX } from "./intrinsics.ts";
import { CONSTANT_PREFIX } from "./rules/numbers.ts";
import type { Token } from "./tokens.ts";
import { COPY_PREFIX, ROTATION, SAMPLERS, STAGE_GLOBALS, UNIFORMS } from "./vocabulary.ts";

export interface NamesUsed {
  /** Names of textures, without `sampler_`, that Butterchurn does not declare. */
  readonly textures: readonly string[];
  /** Names of textures, without `texsize_`, whose size Butterchurn does not declare. */
  readonly texsizes: readonly string[];
  /** Everything with the prefix of our functions. */
  readonly intrinsics: readonly string[];
  /** Uniforms, without the prefix of their writable copy. */
  readonly copies: readonly string[];
  /** Keys of STAGE_GLOBALS. */
  readonly stageGlobals: readonly string[];
  readonly rotations: readonly string[];
  /** Names of constants, with prefix. */
  readonly constants: readonly string[];
}

export function namesUsed(tokens: readonly Token[]): NamesUsed {
  const names = new Set(tokens.flatMap((token) => (token.kind === "word" ? [token.text] : [])));
  const all = [...names].sort();
  const behind = (prefix: string, known: ReadonlyMap<string, string>) =>
    all
      .filter((name) => name.startsWith(prefix) && !known.has(name))
      .map((name) => name.slice(prefix.length));
  return {
    textures: behind("sampler_", SAMPLERS),
    texsizes: behind("texsize_", UNIFORMS),
    intrinsics: all.filter((name) => name.startsWith(INTRINSIC_PREFIX)),
    copies: behind(COPY_PREFIX, new Map()).filter((name) => UNIFORMS.has(name)),
    stageGlobals: [...STAGE_GLOBALS]
      .filter(([, entry]) => names.has(entry.name))
      .map(([key]) => key),
    rotations: all.filter((name) => ROTATION.test(name)),
    constants: all.filter((name) => name.startsWith(CONSTANT_PREFIX)),
  };
}
