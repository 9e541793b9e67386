// Bytes of WebAssembly, written by hand. Names and numbers are those of the core specification.

/** Types of values. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F64 = 0x7c;
/** A block that leaves nothing on the stack. */
export const NOTHING = 0x40;

/** Instructions without anything behind them. */
export const OP = {
  else: 0x05,
  end: 0x0b,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GeU: 0x4f,
  i64Eqz: 0x50,
  f64Ne: 0x62,
  f64Lt: 0x63,
  f64Gt: 0x64,
  f64Le: 0x65,
  f64Ge: 0x66,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32DivS: 0x6d,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  i64RemU: 0x82,
  i64And: 0x83,
  i64Or: 0x84,
  f64Abs: 0x99,
  f64Neg: 0x9a,
  f64Ceil: 0x9b,
  f64Floor: 0x9c,
  f64Sqrt: 0x9f,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  f64Min: 0xa4,
  f64Max: 0xa5,
  f64FromI32S: 0xb7,
  f64FromI32U: 0xb8,
  f64FromI64S: 0xb9,
} as const;

/** Conversions that neither trap nor wrap: a non-number is 0, what is too large the largest. */
const SATURATING = { i32: 2, i64: 6 } as const;

const F64_BYTES = new Uint8Array(8);
const F64_VIEW = new DataView(F64_BYTES.buffer);

/** Code of a function, or any other part of a module. */
export class Code {
  #bytes = new Uint8Array(256);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  op(...bytes: number[]): this {
    this.#makeRoom(bytes.length);
    for (const byte of bytes) this.#bytes[this.#length++] = byte;
    return this;
  }

  append(bytes: ArrayLike<number>): this {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #makeRoom(count: number): void {
    const length = this.#length + count;
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
  }

  /** An unsigned number, in as few bytes as it needs. */
  unsigned(value: number): this {
    let left = value;
    for (; left > 0x7f; left >>>= 7) this.op((left & 0x7f) | 0x80);
    return this.op(left);
  }

  /** What `part` holds, with its length before it. */
  sized(part: Code): this {
    return this.unsigned(part.#length).append(part.bytes);
  }

  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.unsigned(bytes.length).append(bytes);
  }

  i32(value: number): this {
    this.op(0x41);
    let left = value | 0;
    for (; left < -64 || left > 63; left >>= 7) this.op((left & 0x7f) | 0x80);
    return this.op(left & 0x7f);
  }

  f64(value: number): this {
    F64_VIEW.setFloat64(0, value, true);
    return this.op(0x44).append(F64_BYTES);
  }

  get(local: number): this {
    return this.op(0x20).unsigned(local);
  }

  set(local: number): this {
    return this.op(0x21).unsigned(local);
  }

  tee(local: number): this {
    return this.op(0x22).unsigned(local);
  }

  getGlobal(index: number): this {
    return this.op(0x23).unsigned(index);
  }

  setGlobal(index: number): this {
    return this.op(0x24).unsigned(index);
  }

  call(index: number): this {
    return this.op(0x10).unsigned(index);
  }

  block(type = NOTHING): this {
    return this.op(0x02, type);
  }

  loop(): this {
    return this.op(0x03, NOTHING);
  }

  if(type = NOTHING): this {
    return this.op(0x04, type);
  }

  /** Goes to the end of the block, or the beginning of the loop, `depth` levels out. */
  branch(depth: number): this {
    return this.op(0x0c).unsigned(depth);
  }

  branchIf(depth: number): this {
    return this.op(0x0d).unsigned(depth);
  }

  loadI32(offset: number): this {
    return this.op(0x28, 2).unsigned(offset);
  }

  storeI32(offset: number): this {
    return this.op(0x36, 2).unsigned(offset);
  }

  loadF64(): this {
    return this.op(0x2b, 3, 0);
  }

  storeF64(): this {
    return this.op(0x39, 3, 0);
  }

  growMemory(): this {
    return this.op(0x40, 0);
  }

  /** A number without what stands behind its point. */
  truncate(to: keyof typeof SATURATING): this {
    return this.op(0xfc, SATURATING[to]);
  }
}
