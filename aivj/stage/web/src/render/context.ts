// The one WebGL2 context of a page, and what it is watched for.

export class StageContext {
  readonly gl: WebGL2RenderingContext;
  readonly #programs: WebGLProgram[] = [];

  constructor(readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      premultipliedAlpha: false,
    });
    if (gl === null) throw new Error("this browser gives no WebGL2 context");
    this.gl = gl;
    this.#hideAnisotropy();
    this.#rememberPrograms();
  }

  /** Vendor and renderer of the driver, as far as the browser tells. */
  describe(): { vendor: string; renderer: string; version: string } {
    const { gl } = this;
    const names = gl.getExtension("WEBGL_debug_renderer_info");
    return {
      vendor: String(gl.getParameter(names?.UNMASKED_VENDOR_WEBGL ?? gl.VENDOR)),
      renderer: String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER)),
      version: String(gl.getParameter(gl.VERSION)),
    };
  }

  /** Info logs of the programs that did not link; Butterchurn itself never looks. */
  linkErrors(): string[] {
    const { gl } = this;
    return this.#programs
      .filter(
        (program) => gl.isProgram(program) && !gl.getProgramParameter(program, gl.LINK_STATUS),
      )
      .map((program) => gl.getProgramInfoLog(program)?.trim() || "no info log");
  }

  /** Pending GL error codes; reading them clears them. */
  takeErrors(): number[] {
    const codes: number[] = [];
    for (let code = this.gl.getError(); code !== 0 && codes.length < 16; ) {
      codes.push(code);
      code = this.gl.getError();
    }
    return codes;
  }

  /** Mesa's llvmpipe takes seconds a frame for anisotropic sampling of some presets. */
  #hideAnisotropy(): void {
    const getExtension = this.gl.getExtension.bind(this.gl);
    this.gl.getExtension = ((name: string) =>
      name.endsWith("EXT_texture_filter_anisotropic") ? null : getExtension(name)) as never;
  }

  #rememberPrograms(): void {
    const linkProgram = this.gl.linkProgram.bind(this.gl);
    this.gl.linkProgram = (program) => {
      linkProgram(program);
      this.#programs.push(program);
    };
  }
}

/** A texture to draw into. */
export class Target {
  readonly texture: WebGLTexture;
  readonly framebuffer: WebGLFramebuffer;

  constructor(
    gl: WebGL2RenderingContext,
    readonly width: number,
    readonly height: number,
  ) {
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, name, gl.LINEAR);
    }
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    }
    this.framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.texture, 0);
  }
}
