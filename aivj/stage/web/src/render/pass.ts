// A full-screen fragment shader over named textures.

const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

function compile(gl: WebGL2RenderingContext, kind: GLenum, source: string): WebGLShader {
  const shader = gl.createShader(kind);
  if (shader === null) throw new Error("the WebGL2 context is lost");
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

export class Pass {
  readonly #program: WebGLProgram;
  readonly #vertexArray: WebGLVertexArrayObject;
  readonly #samplers: (WebGLUniformLocation | null)[];

  constructor(
    readonly gl: WebGL2RenderingContext,
    fragment: string,
    samplerNames: readonly string[],
  ) {
    this.#program = gl.createProgram();
    gl.attachShader(this.#program, compile(gl, gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(this.#program, compile(gl, gl.FRAGMENT_SHADER, fragment));
    gl.linkProgram(this.#program);
    this.#vertexArray = gl.createVertexArray();
    this.#samplers = samplerNames.map((name) => gl.getUniformLocation(this.#program, name));
  }

  uniform(name: string): WebGLUniformLocation | null {
    return this.gl.getUniformLocation(this.#program, name);
  }

  /** Draws over the given rectangle of the bound framebuffer; `setUniforms` runs just before. */
  draw(
    textures: readonly WebGLTexture[],
    [x, y, width, height]: readonly [number, number, number, number],
    setUniforms: () => void = () => {},
  ): void {
    const { gl } = this;
    gl.useProgram(this.#program);
    textures.forEach((texture, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.bindSampler(unit, null);
      gl.uniform1i(this.#samplers[unit] ?? null, unit);
    });
    setUniforms();
    gl.disable(gl.BLEND);
    gl.viewport(x, y, width, height);
    gl.bindVertexArray(this.#vertexArray);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindVertexArray(null);
    gl.activeTexture(gl.TEXTURE0);
  }
}
