import { findOutside, textAt } from "../brackets.ts";
import { isSamplerType } from "../hlsl_types.ts";
import type { Token } from "../tokens.ts";
import { SAMPLERS, UNIFORMS } from "../vocabulary.ts";

const PREFIXED = /^(sampler|texsize)_(.+)$/;

/**
 * Drops declarations of samplers and texture sizes, because what is used is declared by us, and
 * gives a sampler that was declared without `sampler_` before its name the full one.
 */
export function dropSamplerDeclarations(tokens: readonly Token[]): Token[] {
  const output: Token[] = [];
  const short = new Set<string>();
  for (let at = 0; at < tokens.length; at++) {
    const end = declares(tokens, at) ? findOutside(tokens, at, [";"]) : -1;
    if (end === -1) {
      output.push(tokens[at] as Token);
      continue;
    }
    const declared = tokens.slice(at + 1, end).filter((token) => token.kind === "word");
    for (const { text } of declared) if (!PREFIXED.test(text)) short.add(text);
    at = end;
  }
  return output.map((token, at) => {
    const renamed = short.has(token.text) && textAt(output, at - 1) !== ".";
    return renamed ? { ...token, text: `sampler_${token.text}` } : token;
  });
}

function declares(tokens: readonly Token[], at: number): boolean {
  if (!/^(?:[;{}]|)$/.test(textAt(tokens, at - 1))) return false;
  const type = textAt(tokens, at);
  const name = textAt(tokens, at + 1);
  return isSamplerType(type) || (type === "float4" && name.startsWith("texsize_"));
}

/**
 * `sampler_fw_noise_hq` -> `sampler_noise_hq`: MilkDrop writes filter and wrap mode before the
 * name. Where Butterchurn has no sampler of that mode, its usual one has to do.
 */
export function resolveSamplerModes(tokens: readonly Token[]): Token[] {
  return tokens.map((token) => {
    const [, kind = "", name = ""] = PREFIXED.exec(token.text) ?? [];
    if (kind === "" || SAMPLERS.has(token.text) || UNIFORMS.has(token.text)) return token;
    const plain = name.replace(/^(?:[fp][wc]|[wc][fp])_/, "");
    const text = kind === "texsize" && plain === "main" ? "texsize" : `${kind}_${plain}`;
    return { ...token, text };
  });
}
