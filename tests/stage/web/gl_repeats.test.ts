import assert from "node:assert/strict";
import { test } from "node:test";
import { leaveOutRepeats } from "../../../aivj/stage/web/src/render/gl_repeats.ts";

const STATE = [
  ...["activeTexture", "bindBuffer", "bindSampler", "bindTexture", "bindVertexArray"],
  ...["blendEquation", "blendFunc", "clearColor", "disable", "disableVertexAttribArray", "enable"],
  ...["enableVertexAttribArray", "lineWidth", "samplerParameteri", "uniform1f", "uniform1i"],
  ...["uniform2fv", "uniform3fv", "uniform4fv", "useProgram", "vertexAttribPointer", "viewport"],
];
const NAMES = { TEXTURE_2D: 1, TEXTURE_3D: 2, ARRAY_BUFFER: 3, ELEMENT_ARRAY_BUFFER: 4, FLOAT: 5 };

/** A context that notes the calls which reach it. */
function notingContext() {
  const calls: string[] = [];
  const gl: Record<string, unknown> = { ...NAMES };
  for (const name of STATE) gl[name] = () => calls.push(name);
  leaveOutRepeats(gl as unknown as WebGL2RenderingContext);
  return { calls, gl: gl as unknown as WebGL2RenderingContext };
}

const thing = <T>() => ({}) as T;

test("what is set already is not set again", () => {
  const { calls, gl } = notingContext();
  const [texture, sampler, buffer] = [
    thing<WebGLTexture>(),
    thing<WebGLSampler>(),
    thing<WebGLBuffer>(),
  ];
  const [program, location] = [thing<WebGLProgram>(), thing<WebGLUniformLocation>()];
  const [vector, colour] = [thing<WebGLUniformLocation>(), thing<WebGLUniformLocation>()];
  const setAll = () => {
    gl.activeTexture(7);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.bindSampler(0, sampler);
    gl.samplerParameteri(sampler, 8, 9);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.enableVertexAttribArray(0);
    gl.enable(10);
    gl.blendFunc(11, 12);
    gl.blendEquation(13);
    gl.viewport(0, 0, 4, 3);
    gl.clearColor(0, 0, 0, 1);
    gl.lineWidth(1);
    gl.useProgram(program);
    gl.uniform1i(location, 3);
    gl.uniform4fv(colour, [1, 2, 3, 4]);
    gl.uniform2fv(vector, new Float32Array([1, 2]));
  };

  setAll();
  const numSet = calls.length;
  setAll();

  assert.equal(numSet, 17);
  assert.equal(calls.length, numSet);
});

test("what is set otherwise meanwhile is set again", () => {
  const { calls, gl } = notingContext();
  const [first, second] = [thing<WebGLTexture>(), thing<WebGLTexture>()];
  const location = thing<WebGLUniformLocation>();
  const steps: [string, () => void][] = [
    ["bindTexture", () => gl.bindTexture(gl.TEXTURE_2D, first)],
    ["bindTexture", () => gl.bindTexture(gl.TEXTURE_2D, second)],
    ["bindTexture", () => gl.bindTexture(gl.TEXTURE_3D, second)],
    ["activeTexture", () => gl.activeTexture(1)],
    ["bindTexture", () => gl.bindTexture(gl.TEXTURE_2D, second)],
    ["enable", () => gl.enable(1)],
    ["disable", () => gl.disable(1)],
    ["enable", () => gl.enable(1)],
    ["enable", () => gl.enable(2)],
    ["viewport", () => gl.viewport(0, 0, 4, 3)],
    ["viewport", () => gl.viewport(0, 0, 3, 4)],
    ["uniform1f", () => gl.uniform1f(location, 0)],
    ["uniform1f", () => gl.uniform1f(location, -0)],
    ["uniform4fv", () => gl.uniform4fv(thing(), [1, 2, 3, 4])],
    ["uniform4fv", () => gl.uniform4fv(thing(), [1, 2, 3, 4])],
  ];

  for (const [, set] of steps) set();

  assert.deepEqual(
    calls,
    steps.map(([name]) => name),
  );
});

test("a list that changed in place is another value", () => {
  const { calls, gl } = notingContext();
  const [location, values] = [thing<WebGLUniformLocation>(), new Float32Array(4)];

  gl.uniform4fv(location, values);
  values[2] = 1;
  gl.uniform4fv(location, values);

  assert.equal(calls.length, 2);
});

test("an attribute is read from the buffer that is bound when it is told", () => {
  const { calls, gl } = notingContext();
  const [first, second] = [thing<WebGLBuffer>(), thing<WebGLBuffer>()];
  const point = () => gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);

  for (const buffer of [first, second, second, first]) {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    point();
  }

  assert.equal(calls.filter((name) => name === "vertexAttribPointer").length, 3);
});

test("other vertex arrays have attributes of their own, and buffers of indices are theirs", () => {
  const { calls, gl } = notingContext();
  const [array, indices] = [thing<WebGLVertexArrayObject>(), thing<WebGLBuffer>()];

  gl.enableVertexAttribArray(0);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indices);
  gl.bindVertexArray(array);
  gl.enableVertexAttribArray(0);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indices);
  gl.disableVertexAttribArray(0);
  gl.bindVertexArray(null);
  gl.enableVertexAttribArray(0);

  assert.deepEqual(calls, [
    ...["enableVertexAttribArray", "bindBuffer", "bindVertexArray", "enableVertexAttribArray"],
    ...["bindBuffer", "disableVertexAttribArray", "bindVertexArray"],
  ]);
});

test("uniforms that a program does not have are not set", () => {
  const { calls, gl } = notingContext();
  gl.uniform1f(null, 1);
  gl.uniform4fv(null, [1, 2, 3, 4]);
  assert.deepEqual(calls, []);
});
