import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadOnce } from "../../../aivj/stage/web/src/render/uploads.ts";

test("an array is uploaded once to each buffer, and again after another", () => {
  const uploaded: unknown[] = [];
  const gl = {
    STATIC_DRAW: 1,
    bufferData: (_: GLenum, data: unknown) => uploaded.push(data),
  } as unknown as WebGL2RenderingContext;
  const [buffer, other] = [{} as WebGLBuffer, {} as WebGLBuffer];
  const [mesh, finer] = [new Float32Array(1), new Float32Array(2)];

  for (const data of [mesh, mesh, finer, finer, mesh]) uploadOnce(gl, 2, buffer, data);
  uploadOnce(gl, 2, other, mesh);

  assert.deepEqual(uploaded, [mesh, finer, mesh, mesh]);
});
