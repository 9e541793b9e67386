// Foreground over background: screen blending, weighted by the foreground's opacity.

import type { Target } from "./context.ts";
import { Pass } from "./pass.ts";

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D foreground;
uniform sampler2D background;
uniform float opacity;
uniform vec2 size;
out vec4 color;
void main() {
  vec2 uv = gl_FragCoord.xy / size;
  vec3 back = texture(background, uv).rgb;
  vec3 front = texture(foreground, uv).rgb * opacity;
  color = vec4(1.0 - (1.0 - back) * (1.0 - front), 1.0);
}`;

const FOREGROUND_OPACITY = 0.7;

export class Composite {
  readonly #pass: Pass;

  constructor(gl: WebGL2RenderingContext) {
    this.#pass = new Pass(gl, FRAGMENT, ["foreground", "background"]);
  }

  /** Draws both layers into `framebuffer` (null: the canvas) of the given size. */
  draw(
    foreground: Target,
    background: Target,
    framebuffer: WebGLFramebuffer | null,
    width: number,
    height: number,
    opacity = FOREGROUND_OPACITY,
  ): void {
    const { gl } = this.#pass;
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    this.#pass.draw([foreground.texture, background.texture], [0, 0, width, height], () => {
      gl.uniform1f(this.#pass.uniform("opacity"), opacity);
      gl.uniform2f(this.#pass.uniform("size"), width, height);
    });
  }
}
