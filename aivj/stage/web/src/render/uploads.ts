// Data of vertices that stays as it is from frame to frame, and is uploaded once.

/** What a buffer was filled with last. */
const held = new WeakMap<WebGLBuffer, AllowSharedBufferSource>();

/** Fills the buffer, which is bound to `target`, unless it holds this very array already. */
export function uploadOnce(
  gl: WebGL2RenderingContext,
  target: GLenum,
  buffer: WebGLBuffer,
  data: AllowSharedBufferSource,
): void {
  if (held.get(buffer) === data) return;
  held.set(buffer, data);
  gl.bufferData(target, data, gl.STATIC_DRAW);
}
