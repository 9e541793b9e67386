import assert from "node:assert/strict";
import { test } from "node:test";
import { GlLedger, GlObjects } from "../../../aivj/stage/web/src/render/gl_objects.ts";

const KINDS = ["Buffer", "Framebuffer", "Sampler", "Texture", "VertexArray"];

function countingContext() {
  const alive = new Set<object>();
  const methods: Record<string, (made?: object) => object | undefined> = {};
  for (const kind of KINDS) {
    methods[`create${kind}`] = () => {
      const made = { kind };
      alive.add(made);
      return made;
    };
    methods[`delete${kind}`] = (made) => {
      if (made) alive.delete(made);
      return undefined;
    };
  }
  return { alive, gl: methods as unknown as WebGL2RenderingContext };
}

function makeAll(gl: WebGL2RenderingContext): void {
  gl.createBuffer();
  gl.createFramebuffer();
  gl.createSampler();
  gl.createTexture();
  gl.createVertexArray();
}

test("all that an owner made goes with it, and nothing else", () => {
  const { alive, gl } = countingContext();
  const ledger = new GlLedger(gl);
  const [first, second] = [new GlObjects(), new GlObjects()];
  makeAll(gl);
  ledger.owner = first;
  makeAll(gl);
  ledger.owner = second;
  makeAll(gl);
  ledger.during(first, () => gl.createTexture());
  gl.createBuffer();
  assert.equal(alive.size, 17);
  first.release();
  assert.equal(alive.size, 11);
  second.release();
  assert.equal(alive.size, 5);
  second.release();
  assert.equal(alive.size, 5);
});

test("the owner returns even when the action throws", () => {
  const { gl } = countingContext();
  const ledger = new GlLedger(gl);
  const owner = new GlObjects();
  ledger.owner = owner;
  assert.throws(() =>
    ledger.during(new GlObjects(), () => {
      throw new Error("a trap");
    }),
  );
  assert.equal(ledger.owner, owner);
});
