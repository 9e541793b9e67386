// HLSL's functions that read textures.

import { numeric } from "../syntax/type_names.ts";
import type { Intrinsic } from "./by_component.ts";
import { convertedNumber, numericValue } from "./values.ts";

interface Lookup {
  readonly dimension: "2D" | "3D";
  /** Sizes of the arguments behind the sampler. */
  readonly sizes: readonly number[];
  readonly body: string;
}

/** By name; where a name has several, the number of arguments decides. */
const LOOKUPS: Record<string, readonly Lookup[]> = {
  tex2D: [
    { dimension: "2D", sizes: [2], body: "texture(s, a)" },
    { dimension: "2D", sizes: [2, 2, 2], body: "textureGrad(s, a, b, c)" },
  ],
  tex2Dgrad: [{ dimension: "2D", sizes: [2, 2, 2], body: "textureGrad(s, a, b, c)" }],
  tex2Dlod: [{ dimension: "2D", sizes: [4], body: "textureLod(s, a.xy, a.w)" }],
  tex2Dbias: [{ dimension: "2D", sizes: [4], body: "texture(s, a.xy, a.w)" }],
  tex2Dproj: [{ dimension: "2D", sizes: [4], body: "texture(s, a.xy / a.w)" }],
  tex3D: [
    { dimension: "3D", sizes: [3], body: "texture(s, a)" },
    { dimension: "3D", sizes: [3, 3, 3], body: "textureGrad(s, a, b, c)" },
  ],
  tex3Dgrad: [{ dimension: "3D", sizes: [3, 3, 3], body: "textureGrad(s, a, b, c)" }],
  tex3Dlod: [{ dimension: "3D", sizes: [4], body: "textureLod(s, a.xyz, a.w)" }],
  tex3Dbias: [{ dimension: "3D", sizes: [4], body: "texture(s, a.xyz, a.w)" }],
  tex3Dproj: [{ dimension: "3D", sizes: [4], body: "texture(s, a.xyz / a.w)" }],
};

function lookup(name: string, lookups: readonly Lookup[]): Intrinsic {
  return (module, [sampler, ...rest]) => {
    const found = lookups.find(({ sizes }) => sizes.length === rest.length);
    if (found === undefined || sampler === undefined) {
      return module.fail(`${name}() takes other arguments`);
    }
    const { dimension, sizes, body } = found;
    if (sampler.type.kind !== "sampler" || sampler.type.dimension !== dimension) {
      module.fail(`${name}() takes a sampler of ${dimension} first`);
    }
    const values = rest.map((value, at) =>
      convertedNumber(module, numericValue(module, value), numeric("float", sizes[at])),
    );
    const taken = sizes.map((size, at) => `, vec${size} ${"abc"[at]}`).join("");
    module.helper(`vec4 hl_${name}(sampler${dimension} s${taken}) { return ${body}; }`);
    const args = [sampler, ...values].map(({ code }) => code).join(", ");
    return { code: `hl_${name}(${args})`, type: numeric("float", 4) };
  };
}

export const TEXTURES: readonly [string, Intrinsic][] = Object.entries(LOOKUPS).map(
  ([name, lookups]) => [name, lookup(name, lookups)],
);
