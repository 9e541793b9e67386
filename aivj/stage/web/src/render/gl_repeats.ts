// GL calls that set what is set already are left out.
//
// Butterchurn sets all state anew for each of a frame's passes. The browser checks each call and hands
// it to another process, which checks it again.
//
// Objects are told apart as such: what deletes one lets its bindings go, and no other object is ever
// the same as it. A context that was lost is not used again.

type Setter = (...values: never[]) => void;

/** Replaces a method of the context by what `wrap` makes of it. */
function replace<Name extends keyof WebGL2RenderingContext>(
  gl: WebGL2RenderingContext,
  name: Name,
  wrap: (call: WebGL2RenderingContext[Name]) => WebGL2RenderingContext[Name],
): void {
  const call = (gl[name] as Setter).bind(gl) as WebGL2RenderingContext[Name];
  gl[name] = wrap(call);
}

function isSame(values: ArrayLike<unknown>, others: ArrayLike<unknown> | undefined): boolean {
  if (values.length !== others?.length) return false;
  for (let at = 0; at < values.length; at++) if (!Object.is(values[at], others[at])) return false;
  return true;
}

/** State that one call sets as a whole. */
function leaveOutWhole(gl: WebGL2RenderingContext): void {
  const names = ["blendFunc", "blendEquation", "clearColor", "lineWidth", "useProgram"] as const;
  for (const name of [...names, "viewport"] as const) {
    let held: unknown[] | undefined;
    replace(gl, name, (call) => (...values: unknown[]) => {
      if (isSame(values, held)) return;
      held = values;
      (call as (...values: unknown[]) => void)(...values);
    });
  }
}

/** What is switched on and off, by its name or index; `isOurs` says whether it is the state known. */
function leaveOutSwitches(
  gl: WebGL2RenderingContext,
  [on, off]:
    | readonly ["enable", "disable"]
    | readonly ["enableVertexAttribArray", "disableVertexAttribArray"],
  isOurs: () => boolean,
): void {
  const held = new Map<GLenum, boolean>();
  for (const [name, isOn] of [
    [on, true],
    [off, false],
  ] as const) {
    replace(gl, name, (call) => (which) => {
      if (isOurs()) {
        if (held.get(which) === isOn) return;
        held.set(which, isOn);
      }
      call(which);
    });
  }
}

function leaveOutTextures(gl: WebGL2RenderingContext): void {
  let unit: GLenum | undefined;
  const textures = new Map<GLenum, Map<GLenum | undefined, WebGLTexture | null>>();
  const samplers = new Map<GLuint, WebGLSampler | null>();
  const parameters = new WeakMap<WebGLSampler, Map<GLenum, number>>();
  for (const target of [gl.TEXTURE_2D, gl.TEXTURE_3D]) textures.set(target, new Map());
  replace(gl, "activeTexture", (call) => (texture) => {
    if (texture === unit) return;
    unit = texture;
    call(texture);
  });
  replace(gl, "bindTexture", (call) => (target, texture) => {
    const held = textures.get(target);
    if (held?.get(unit) === texture) return;
    held?.set(unit, texture);
    call(target, texture);
  });
  replace(gl, "bindSampler", (call) => (at, sampler) => {
    if (samplers.get(at) === sampler) return;
    samplers.set(at, sampler);
    call(at, sampler);
  });
  replace(gl, "samplerParameteri", (call) => (sampler, name, value) => {
    const held = parameters.get(sampler) ?? new Map();
    parameters.set(sampler, held);
    if (held.get(name) === value) return;
    held.set(name, value);
    call(sampler, name, value);
  });
}

/** Attributes of vertices, of the context's own vertex array. */
function leaveOutAttributes(gl: WebGL2RenderingContext): void {
  let array: WebGLVertexArrayObject | null = null;
  let buffer: WebGLBuffer | null | undefined;
  const pointers = new Map<GLuint, unknown[]>();
  replace(gl, "bindVertexArray", (call) => (bound) => {
    if (bound === array) return;
    array = bound;
    call(bound);
  });
  replace(gl, "bindBuffer", (call) => (target, bound) => {
    if (target === gl.ARRAY_BUFFER) {
      if (bound === buffer) return;
      buffer = bound;
    }
    call(target, bound);
  });
  replace(gl, "vertexAttribPointer", (call) => (index, ...pointer) => {
    if (array === null) {
      const held = [buffer, ...pointer];
      if (isSame(held, pointers.get(index))) return;
      pointers.set(index, held);
    }
    call(index, ...pointer);
  });
  const names = ["enableVertexAttribArray", "disableVertexAttribArray"] as const;
  leaveOutSwitches(gl, names, () => array === null);
}

/** Values of uniforms, which a program keeps. */
function leaveOutUniforms(gl: WebGL2RenderingContext): void {
  const held = new WeakMap<WebGLUniformLocation, number | number[]>();
  for (const name of ["uniform1f", "uniform1i"] as const) {
    replace(gl, name, (call) => (location, value) => {
      if (location === null || Object.is(held.get(location), value)) return;
      held.set(location, value);
      call(location, value);
    });
  }
  for (const name of ["uniform2fv", "uniform3fv", "uniform4fv"] as const) {
    replace(gl, name, (call) => (location, values: Float32List) => {
      if (location === null || isSame(values, held.get(location) as number[] | undefined)) return;
      held.set(location, [...values]);
      call(location, values);
    });
  }
}

export function leaveOutRepeats(gl: WebGL2RenderingContext): void {
  leaveOutWhole(gl);
  leaveOutSwitches(gl, ["enable", "disable"], () => true);
  leaveOutTextures(gl);
  leaveOutAttributes(gl);
  leaveOutUniforms(gl);
}
