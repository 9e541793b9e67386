// The one WebGL2 context of a page, and what it is watched for.

import { GlLedger } from "./gl_objects.ts";
import { leaveOutRepeats } from "./gl_repeats.ts";
import { ProgramCache } from "./programs.ts";

// What every WebGL2 context has at least; Butterchurn uses no more.
const MAX_ATTRIBUTES = 16;
const MAX_TEXTURE_UNITS = 32;

export class StageContext {
  readonly gl: WebGL2RenderingContext;
  readonly programs: ProgramCache;
  readonly ledger: GlLedger;

  /** `keepPicture`: the canvas can be read at any time, not only in the frame that drew it. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    { keepPicture = false } = {},
  ) {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      premultipliedAlpha: false,
      preserveDrawingBuffer: keepPicture,
    });
    if (gl === null) throw new Error("this browser gives no WebGL2 context");
    this.gl = gl;
    this.#hideAnisotropy();
    this.ledger = new GlLedger(gl);
    this.programs = new ProgramCache(gl, () => this.ledger.owner);
    leaveOutRepeats(gl);
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

  /** Brings the canvas to a size; one that it has already is left as it is. */
  resizeCanvas(width: number, height: number): void {
    const { canvas } = this;
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
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

  /** Puts the state that users change back to what a new context has. */
  resetState(): void {
    const { gl } = this;
    gl.useProgram(null);
    gl.bindVertexArray(null);
    for (let index = 0; index < MAX_ATTRIBUTES; index++) {
      gl.disableVertexAttribArray(index);
    }
    for (let unit = 0; unit < MAX_TEXTURE_UNITS; unit++) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, null);
      gl.bindTexture(gl.TEXTURE_3D, null);
      gl.bindSampler(unit, null);
    }
    gl.activeTexture(gl.TEXTURE0);
    gl.disable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ZERO);
    gl.blendEquation(gl.FUNC_ADD);
    gl.clearColor(0, 0, 0, 0);
    gl.lineWidth(1);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    this.takeErrors();
  }

  /** Mesa's llvmpipe takes seconds a frame for anisotropic sampling of some presets. */
  #hideAnisotropy(): void {
    const getExtension = this.gl.getExtension.bind(this.gl);
    this.gl.getExtension = ((name: string) =>
      name.endsWith("EXT_texture_filter_anisotropic") ? null : getExtension(name)) as never;
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

  /** Copies the picture into a framebuffer of the same size; null is the canvas. */
  copyTo(gl: WebGL2RenderingContext, framebuffer: WebGLFramebuffer | null): void {
    const rectangle = [0, 0, this.width, this.height] as const;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.framebuffer);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, framebuffer);
    gl.blitFramebuffer(...rectangle, ...rectangle, gl.COLOR_BUFFER_BIT, gl.NEAREST);
  }
}
