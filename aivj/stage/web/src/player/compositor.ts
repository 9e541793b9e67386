// Both layers in one picture: blended, one before the other in space, or fading in over what was.

import { clamp01 } from "../ground/smoothing.ts";
import { type StageContext, Target } from "../render/context.ts";
import { GlObjects } from "../render/gl_objects.ts";
import { Pass } from "../render/pass.ts";
import { FLAT, type Relief } from "./coupling3d.ts";

export const BLEND_MODES = ["screen", "add", "lighten", "normal"] as const;
export type BlendMode = (typeof BLEND_MODES)[number];

export interface Look {
  readonly blendMode: BlendMode;
  /** Of the foreground, 0 to 1. */
  readonly opacity: number;
  /** Of the background, 0 to 1. */
  readonly backgroundOpacity: number;
  readonly relief: Relief;
  /** Shows the relief in grey in the place of the picture. */
  readonly showRelief: boolean;
}

const BLENDING = `
uniform int blendMode;
uniform float opacity;
uniform float backgroundOpacity;
uniform float beforeShare;
uniform sampler2D foreground;
uniform sampler2D background;
uniform sampler2D before;
uniform vec2 size;
out vec4 color;
vec3 blended(vec3 front, vec3 back) {
  back *= backgroundOpacity;
  if (blendMode == 3) return mix(back, front, opacity);
  front *= opacity;
  if (blendMode == 1) return back + front;
  if (blendMode == 2) return max(back, front);
  return 1.0 - (1.0 - back) * (1.0 - front);
}
vec4 faded(vec3 picture, vec2 uv) {
  if (beforeShare <= 0.0) return vec4(picture, 1.0);
  return vec4(mix(picture, texture(before, uv).rgb, beforeShare), 1.0);
}`;

const FLAT_FRAGMENT = `#version 300 es
precision highp float;
${BLENDING}
void main() {
  vec2 uv = gl_FragCoord.xy / size;
  color = faded(blended(texture(foreground, uv).rgb, texture(background, uv).rgb), uv);
}`;

// Sampling stays inside the picture: it is enlarged by as much as it is shifted at most.
const RELIEF_FRAGMENT = `#version 300 es
precision highp float;
${BLENDING}
uniform vec2 sway;
uniform float depth;
uniform float blur;
uniform bool showRelief;
const vec2 TAPS[8] = vec2[8](
  vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0),
  vec2(0.7, 0.7), vec2(-0.7, 0.7), vec2(0.7, -0.7), vec2(-0.7, -0.7)
);
void main() {
  vec2 uv = gl_FragCoord.xy / size;
  vec2 upright = vec2(size.y / size.x, 1.0);
  float margin = 1.0 - 2.0 * (length(sway) + blur);
  vec2 centred = (uv - 0.5) * margin;
  float height = dot(texture(foreground, 0.5 + centred).rgb, vec3(0.2126, 0.7152, 0.0722));
  vec2 front = 0.5 + centred * (1.0 - depth * height) - sway * height * upright;
  vec2 back = 0.5 + centred + sway * upright;
  vec3 behind = texture(background, back).rgb;
  if (blur > 0.0) {
    float radius = blur * height;
    for (int tap = 0; tap < 8; tap++) {
      behind += texture(background, back + TAPS[tap] * radius * upright).rgb;
    }
    behind /= 9.0;
  }
  vec3 picture = blended(texture(foreground, front).rgb, behind);
  color = faded(showRelief ? vec3(height) : picture, uv);
}`;

const SAMPLERS = ["foreground", "background", "before"];

/** How long a picture fades into the next. */
const FADE_MS = 600;

export class Compositor {
  readonly #context: StageContext;
  readonly #objects = new GlObjects();
  readonly #flat: Pass;
  readonly #relief: Pass;
  #before: { readonly picture: Target; readonly sinceMs: number } | null = null;

  constructor(context: StageContext) {
    this.#context = context;
    this.#flat = new Pass(context.gl, FLAT_FRAGMENT, SAMPLERS);
    this.#relief = new Pass(context.gl, RELIEF_FRAGMENT, SAMPLERS);
  }

  /** Keeps what is on the canvas, to fade from it. */
  freeze(nowMs: number): void {
    const { gl, canvas } = this.#context;
    const { width, height } = canvas;
    const picture = this.#pictureOf(width, height);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, picture.framebuffer);
    const whole = [0, 0, width, height] as const;
    gl.blitFramebuffer(...whole, ...whole, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    this.#before = { picture, sinceMs: nowMs };
  }

  /** Draws on the canvas. */
  draw(foreground: Target, background: Target, look: Look, nowMs: number): void {
    const { gl, canvas } = this.#context;
    const { width, height } = canvas;
    const { relief, showRelief } = look;
    const pass = relief === FLAT && !showRelief ? this.#flat : this.#relief;
    const { picture, sinceMs } = this.#before ?? { picture: background, sinceMs: -Infinity };
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const textures = [foreground.texture, background.texture, picture.texture];
    pass.draw(textures, [0, 0, width, height], () => {
      gl.uniform1i(pass.uniform("blendMode"), BLEND_MODES.indexOf(look.blendMode));
      gl.uniform1f(pass.uniform("opacity"), look.opacity);
      gl.uniform1f(pass.uniform("backgroundOpacity"), look.backgroundOpacity);
      gl.uniform1f(pass.uniform("beforeShare"), 1 - smoothStep((nowMs - sinceMs) / FADE_MS));
      gl.uniform2f(pass.uniform("size"), width, height);
      if (pass === this.#flat) return;
      gl.uniform2f(pass.uniform("sway"), ...relief.sway);
      gl.uniform1f(pass.uniform("depth"), relief.depth);
      gl.uniform1f(pass.uniform("blur"), relief.blur);
      gl.uniform1i(pass.uniform("showRelief"), showRelief ? 1 : 0);
    });
  }

  #pictureOf(width: number, height: number): Target {
    const kept = this.#before?.picture;
    if (kept?.width === width && kept.height === height) return kept;
    this.#objects.release();
    return this.#context.ledger.during(
      this.#objects,
      () => new Target(this.#context.gl, width, height),
    );
  }
}

function smoothStep(share: number): number {
  const x = clamp01(share);
  return x * x * (3 - 2 * x);
}
