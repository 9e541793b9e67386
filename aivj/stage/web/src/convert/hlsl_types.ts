// HLSL's types as hlslparser understands them, and GLSL's names for them.

const TYPE = /^(?:(?:float|int|uint|bool)[234]?|float(?:2x2|3x3|4x4)|void|sampler[23]D)$/;
const VECTOR_PREFIX: Record<string, string> = { float: "", int: "i", uint: "u", bool: "b" };

export function isType(text: string): boolean {
  return TYPE.test(text);
}

export function isSamplerType(text: string): boolean {
  return text === "sampler2D" || text === "sampler3D";
}

/** GLSL's name of an HLSL type. */
export function glslType(type: string): string {
  const [, base = "", size = ""] = /^(float|int|uint|bool)(\d(?:x\d)?)$/.exec(type) ?? [];
  if (base === "") return type;
  return size.includes("x") ? `mat${size[0]}` : `${VECTOR_PREFIX[base]}vec${size}`;
}
