// Shader programs compiled once for a context, however often somebody builds them.
//
// Butterchurn compiles some twenty programs for each visualizer, all but two of them the same for
// every preset. Here `createShader` and `createProgram` hand out tickets; what they stand for is
// compiled when a ticket is linked, unless a program of the same sources is there already. A program
// keeps the values of its uniforms from one user to the next: each user sets all of them before it
// draws, as Butterchurn does.

import type { GlObjects } from "./gl_objects.ts";

/** Those of the pairs on the screen are far fewer. */
const MAX_PROGRAMS = 256;

class ShaderTicket {
  source = "";
  constructor(readonly kind: GLenum) {}
}

class ProgramTicket {
  readonly shaders: ShaderTicket[] = [];
  program: LinkedProgram | null = null;
}

/** One real program with the locations that were asked for; asking the driver makes it wait. */
class LinkedProgram {
  readonly real: WebGLProgram;
  /** How many links of it are not released yet. */
  numOwners = 0;
  readonly #gl: WebGL2RenderingContext;
  /** Kept until somebody has asked whether they compiled: a deleted one does not say why not. */
  #compiled: (readonly [ticket: ShaderTicket, shader: WebGLShader])[];
  readonly #uniforms = new Map<string, WebGLUniformLocation | null>();
  readonly #attributes = new Map<string, number>();
  #error: string | null | undefined;

  constructor(gl: WebGL2RenderingContext, shaders: readonly ShaderTicket[]) {
    this.#gl = gl;
    this.real = gl.createProgram();
    this.#compiled = shaders.map((ticket) => [ticket, compile(gl, ticket.kind, ticket.source)]);
    for (const [, shader] of this.#compiled) gl.attachShader(this.real, shader);
    gl.linkProgram(this.real);
  }

  delete(): void {
    this.#deleteShaders();
    this.#gl.deleteProgram(this.real);
  }

  #deleteShaders(): void {
    for (const [, shader] of this.#compiled) this.#gl.deleteShader(shader);
    this.#compiled = [];
  }

  uniform(name: string): WebGLUniformLocation | null {
    return remembered(this.#uniforms, name, () => this.#gl.getUniformLocation(this.real, name));
  }

  attribute(name: string): number {
    return remembered(this.#attributes, name, () => this.#gl.getAttribLocation(this.real, name));
  }

  /** Whether asking anything of it would not wait; true where the browser does not tell. */
  isCompiled(extension: KHR_parallel_shader_compile | null): boolean {
    if (extension === null) return true;
    return this.#gl.getProgramParameter(this.real, extension.COMPLETION_STATUS_KHR) === true;
  }

  /** Whether it is known that it linked; asks nobody. */
  get isProved(): boolean {
    return this.#error === null;
  }

  /** What the compiler says if it did not link, else null. */
  get error(): string | null {
    if (this.#error === undefined) {
      const gl = this.#gl;
      const linked = gl.getProgramParameter(this.real, gl.LINK_STATUS);
      this.#error = linked ? null : this.#reason();
      this.#deleteShaders();
    }
    return this.#error;
  }

  #reason(): string {
    const gl = this.#gl;
    const logs = this.#compiled
      .filter(([, shader]) => !gl.getShaderParameter(shader, gl.COMPILE_STATUS))
      .map(([{ source }, shader]) => quoted(gl.getShaderInfoLog(shader) ?? "", source));
    const log = logs.join("").trim() || gl.getProgramInfoLog(this.real)?.trim();
    return log || "no info log";
  }
}

const MAX_ERRORS = 5;

/** The first lines of a compiler's log, each with the line of the source that it speaks of. */
function quoted(log: string, source: string): string {
  const lines = source.split("\n");
  return log
    .replaceAll("\0", "")
    .split("\n")
    .slice(0, MAX_ERRORS)
    .map((message) => {
      const line = lines[Number(/^\w+: \d+:(\d+):/.exec(message)?.[1]) - 1]?.trim();
      return line ? `${message} in: ${line.slice(0, 200)}` : message;
    })
    .join("\n");
}

function remembered<T>(map: Map<string, T>, name: string, find: () => T): T {
  const known = map.get(name);
  if (known !== undefined) return known;
  const found = find();
  map.set(name, found);
  return found;
}

function compile(gl: WebGL2RenderingContext, kind: GLenum, source: string): WebGLShader {
  const shader = gl.createShader(kind);
  if (shader === null) throw new Error("the WebGL2 context is lost");
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

/** The real context's functions, taken before they are replaced. */
function unreplaced(gl: WebGL2RenderingContext): WebGL2RenderingContext {
  return new Proxy(gl, {
    get(target, name) {
      const value = Reflect.get(WebGL2RenderingContext.prototype, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Puts a program cache under `gl`, whose users then share equal programs without knowing it. */
export class ProgramCache {
  readonly #linked = new Map<string, LinkedProgram>();
  readonly #owner: () => GlObjects | null;
  readonly #parallel: KHR_parallel_shader_compile | null;
  #rehearsed: LinkedProgram[] | null = null;
  /** Whom the programs linked from now on are for. */
  user = "";
  #users = new Map<LinkedProgram, string>();

  /**
   * A program lasts until all owners that linked it are released; one that was linked while there was
   * no owner lasts for ever.
   */
  constructor(gl: WebGL2RenderingContext, owner: () => GlObjects | null = () => null) {
    this.#owner = owner;
    const real = unreplaced(gl);
    this.#parallel = real.getExtension("KHR_parallel_shader_compile");
    const linkedBy = (ticket: ProgramTicket): LinkedProgram => {
      if (ticket.program === null) throw new Error("a program is used before it is linked");
      return ticket.program;
    };
    const replacements = {
      createShader: (kind: GLenum) => new ShaderTicket(kind),
      shaderSource: (ticket: ShaderTicket, source: string) => {
        ticket.source = source;
      },
      compileShader: () => {},
      deleteShader: () => {},
      createProgram: () => new ProgramTicket(),
      attachShader: (ticket: ProgramTicket, shader: ShaderTicket) => {
        ticket.shaders.push(shader);
      },
      linkProgram: (ticket: ProgramTicket) => {
        ticket.program = this.#link(real, ticket.shaders);
      },
      deleteProgram: () => {},
      useProgram: (ticket: ProgramTicket | null) =>
        real.useProgram(ticket && linkedBy(ticket).real),
      getAttribLocation: (ticket: ProgramTicket, name: string) =>
        this.#rehearsed === null ? linkedBy(ticket).attribute(name) : -1,
      getUniformLocation: (ticket: ProgramTicket, name: string) =>
        this.#rehearsed === null ? linkedBy(ticket).uniform(name) : null,
    };
    Object.assign(gl, replacements);
  }

  /**
   * Starts to compile what `build` links, and does not wait: locations are unknown within. Who links
   * the same sources later finds them compiled, once the function returned says so.
   */
  rehearse(build: () => void): () => boolean {
    const rehearsed: LinkedProgram[] = [];
    this.#rehearsed = rehearsed;
    try {
      build();
    } finally {
      this.#rehearsed = null;
    }
    return () => rehearsed.every((program) => program.isCompiled(this.#parallel));
  }

  /**
   * Programs linked since `forgetUses` that are broken: first user and info log. Waits for the
   * driver.
   */
  linkErrors(): [user: string, log: string][] {
    return [...this.#users].flatMap(([{ error }, user]) => (error === null ? [] : [[user, error]]));
  }

  /** Whether it is known of all programs linked since `forgetUses` that they are not broken. */
  get areProved(): boolean {
    return [...this.#users.keys()].every(({ isProved }) => isProved);
  }

  forgetUses(): void {
    this.#users = new Map();
  }

  #link(gl: WebGL2RenderingContext, shaders: readonly ShaderTicket[]): LinkedProgram {
    const key = JSON.stringify(shaders.map(({ kind, source }) => [kind, source]));
    const program = this.#linked.get(key) ?? new LinkedProgram(gl, shaders);
    // Moved to the end: the map's order is that of last use.
    this.#linked.delete(key);
    this.#linked.set(key, program);
    if (!this.#users.has(program)) this.#users.set(program, this.user);
    this.#rehearsed?.push(program);
    this.#hold(program);
    this.#deleteOldest();
    return program;
  }

  #hold(program: LinkedProgram): void {
    program.numOwners += 1;
    this.#owner()?.add(() => {
      program.numOwners -= 1;
    });
  }

  #deleteOldest(): void {
    for (const [key, program] of this.#linked) {
      if (this.#linked.size <= MAX_PROGRAMS) return;
      if (program.numOwners > 0) continue;
      program.delete();
      this.#linked.delete(key);
    }
  }
}
