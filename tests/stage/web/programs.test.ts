import assert from "node:assert/strict";
import { test } from "node:test";
import { GlObjects } from "../../../aivj/stage/web/src/render/gl_objects.ts";
import { ProgramCache } from "../../../aivj/stage/web/src/render/programs.ts";

const COMPLETION_STATUS = 4;

/** A context that counts what really reaches the driver; a source with "broken" does not link. */
class CountingContext {
  VERTEX_SHADER = 1;
  FRAGMENT_SHADER = 2;
  LINK_STATUS = 3;
  COMPILE_STATUS = 5;
  extension: object | null = null;
  completed = false;
  counts = { compiled: 0, linked: 0, deleted: 0, located: 0, asked: 0 };
  used: object | null = null;

  createShader() {
    return { source: "" };
  }
  shaderSource(shader: { source: string }, source: string) {
    shader.source = source;
  }
  compileShader() {
    this.counts.compiled += 1;
  }
  deleteShader(shader: { source: string }) {
    shader.source = "";
  }
  getShaderParameter(shader: { source: string }) {
    return !shader.source.includes("broken shader");
  }
  getShaderInfoLog(shader: { source: string }) {
    return shader.source === ""
      ? null
      : "ERROR: 0:2: 'x' : undeclared identifier\nERROR: 1 error\n\0";
  }
  createProgram() {
    return { sources: [] as string[] };
  }
  attachShader(program: { sources: string[] }, shader: { source: string }) {
    program.sources.push(shader.source);
  }
  linkProgram() {
    this.counts.linked += 1;
  }
  deleteProgram() {
    this.counts.deleted += 1;
  }
  useProgram(program: object | null) {
    this.used = program;
  }
  getUniformLocation(_: object, name: string) {
    this.counts.located += 1;
    return name === "absent" ? null : { name };
  }
  getAttribLocation() {
    this.counts.located += 1;
    return 4;
  }
  getExtension() {
    return this.extension;
  }
  getProgramParameter(program: { sources: string[] }, name: number) {
    if (name === COMPLETION_STATUS) return this.completed;
    this.counts.asked += 1;
    return !program.sources.some((source) => source.includes("broken"));
  }
  getProgramInfoLog() {
    return "syntax error";
  }
}

function cached(extension: object | null = null) {
  Object.assign(globalThis, { WebGL2RenderingContext: CountingContext });
  const context = new CountingContext();
  context.extension = extension;
  const gl = context as unknown as WebGL2RenderingContext;
  let owner: GlObjects | null = null;
  const programs = new ProgramCache(gl, () => owner);
  const owned = (objects: GlObjects, action: () => void) => {
    owner = objects;
    action();
    owner = null;
  };
  const build = (vertex: string, fragment: string): WebGLProgram => {
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(kind);
      assert.ok(shader);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      gl.deleteShader(shader);
    }
    gl.linkProgram(program);
    return program;
  };
  return { context, gl, programs, build, owned };
}

test("equal sources are compiled once, different ones each", () => {
  const { context, build } = cached();

  for (let i = 0; i < 5; i++) build("vertex", "fragment");
  assert.deepEqual([context.counts.compiled, context.counts.linked], [2, 1]);

  build("vertex", "another");
  build("fragment", "vertex");
  assert.equal(context.counts.linked, 3);
});

test("users of equal programs use one real program, whose locations are asked for once", () => {
  const { context, gl, build } = cached();
  const [first, second] = [build("v", "f"), build("v", "f")];

  gl.useProgram(first);
  const real = context.used;
  gl.useProgram(second);
  assert.equal(context.used, real);
  assert.notEqual(real, null);
  gl.useProgram(null);
  assert.equal(context.used, null);

  for (const program of [first, second, first]) {
    assert.deepEqual(gl.getUniformLocation(program, "time"), { name: "time" });
    assert.equal(gl.getAttribLocation(program, "position"), 4);
    assert.equal(gl.getUniformLocation(program, "absent"), null);
  }
  assert.equal(context.counts.located, 3);
});

test("deleting one user's program leaves it to the others", () => {
  const { context, gl, build } = cached();
  gl.deleteProgram(build("v", "f"));

  gl.useProgram(build("v", "f"));
  assert.equal(context.counts.deleted, 0);
  assert.equal(context.counts.linked, 1);
});

test("a broken program is told with its first user, until uses are forgotten", () => {
  const { context, programs, build } = cached();
  programs.user = "foreground";
  build("v", "fine");
  programs.user = "background";
  build("v", "broken");
  programs.user = "foreground";
  build("v", "broken");

  assert.deepEqual(programs.linkErrors(), [["background", "syntax error"]]);
  assert.deepEqual(programs.linkErrors(), [["background", "syntax error"]]);
  assert.equal(context.counts.asked, 2);

  programs.forgetUses();
  assert.deepEqual(programs.linkErrors(), []);
  build("v", "broken");
  assert.deepEqual(programs.linkErrors(), [["foreground", "syntax error"]]);
});

test("programs are proved once they were asked and are not broken", () => {
  const { context, programs, build } = cached();
  build("v", "fine");
  assert.equal(programs.areProved, false);
  assert.equal(context.counts.asked, 0);
  programs.linkErrors();
  assert.equal(programs.areProved, true);

  programs.forgetUses();
  build("v", "fine");
  assert.equal(programs.areProved, true);
  build("v", "broken");
  programs.linkErrors();
  assert.equal(programs.areProved, false);
});

test("a shader that does not compile is told in the compiler's words, with the line they mean", () => {
  const { programs, build } = cached();
  programs.user = "foreground";
  build("v", "broken shader\n  float y = x;");

  const [[, log] = ["", ""]] = programs.linkErrors();
  assert.equal(log, "ERROR: 0:2: 'x' : undeclared identifier in: float y = x;\nERROR: 1 error");
});

test("the oldest programs go when there are many, but none that somebody has", () => {
  const { context, build, owned } = cached();
  build("v", "for ever");
  const [shown, gone] = [new GlObjects(), new GlObjects()];
  owned(shown, () => build("v", "shown"));
  owned(gone, () => {
    for (let i = 0; i < 300; i++) build("v", `f${i}`);
  });
  assert.equal(context.counts.deleted, 0);

  gone.release();
  build("v", "one more");
  assert.equal(context.counts.deleted, 303 - 256);
  const numLinked = context.counts.linked;
  build("v", "for ever");
  build("v", "shown");
  build("v", "f299");
  assert.equal(context.counts.linked, numLinked);
  build("v", "f0");
  assert.equal(context.counts.linked, numLinked + 1);
});

test("a program is not used before it is linked", () => {
  const { gl } = cached();
  const program = gl.createProgram();

  assert.throws(() => gl.useProgram(program), /before it is linked/);
});

test("a rehearsal compiles and asks nothing; the performance finds it compiled", () => {
  const { context, gl, programs, build } = cached({ COMPLETION_STATUS_KHR: COMPLETION_STATUS });
  const locations: unknown[] = [];
  const isCompiled = programs.rehearse(() => {
    const program = build("v", "f");
    locations.push(gl.getUniformLocation(program, "u"), gl.getAttribLocation(program, "a"));
  });
  assert.deepEqual(locations, [null, -1]);
  assert.equal(context.counts.located, 0);
  assert.equal(isCompiled(), false);
  context.completed = true;
  assert.equal(isCompiled(), true);
  assert.deepEqual(gl.getUniformLocation(build("v", "f"), "u"), { name: "u" });
  assert.equal(context.counts.linked, 1);
});

test("where the browser does not tell, a rehearsal counts as compiled", () => {
  const { programs, build } = cached();
  assert.equal(programs.rehearse(() => build("v", "f"))(), true);
});
