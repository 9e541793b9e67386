// The buffers of equations: one `megabuf` for each kind of code, and `gmegabuf` for all of it.
//
// A buffer has 8,388,608 numbers in 128 blocks, of which those exist that something was written to.
// A table says where each block of each buffer lies. An entry of 0 is the block at address 0, which
// is full of zeros and never written to, so that reading needs no other case.

import { type Code, F64, I32, OP } from "./code.ts";
import type { LibraryFunction, Surroundings } from "./library.ts";

const PAGE_BYTES = 65_536;
const BLOCK_LENGTH = 65_536;
const BLOCK_PAGES = (8 * BLOCK_LENGTH) / PAGE_BYTES;
export const BUFFER_LENGTH = 128 * BLOCK_LENGTH;
const TABLES = BLOCK_PAGES * PAGE_BYTES;
const TABLE_BYTES = 4 * 128;
/** Where what is written outside a buffer goes; behind the tables. */
const NOWHERE = TABLES + PAGE_BYTES - 8;
/** Blocks that all buffers of a preset may have together: 256 MiB. */
const MOST_BLOCKS = 512;

export const PAGES = {
  initial: BLOCK_PAGES + 1,
  most: BLOCK_PAGES + 1 + MOST_BLOCKS * BLOCK_PAGES,
};

/** Added to an index before what stands behind its point is left out. */
export const NEARLY = { ofIndex: 0.00001, ofRange: 0.0001 };

/** Where the table of a buffer lies. There is room for more than a preset has. */
export function tableOf(buffer: number): number {
  return TABLES + buffer * TABLE_BYTES;
}

/** Leaves the address of number `index` of the buffer whose table lies `table` behind `base`. */
export function writeAddress(code: Code, index: number, table: number, base?: number): void {
  code.get(index).i32(16).op(OP.i32ShrU).i32(2).op(OP.i32Shl);
  if (base !== undefined) code.get(base).op(OP.i32Add);
  code.loadI32(table);
  code
    .get(index)
    .i32(BLOCK_LENGTH - 1)
    .op(OP.i32And)
    .i32(3)
    .op(OP.i32Shl, OP.i32Add);
}

/** Address of a number to write to, whose block is made where there is none. */
const cell: LibraryFunction = {
  takes: [I32, I32],
  returns: [I32],
  locals: [I32, I32],
  write(code) {
    const [table, index, slot, block] = [0, 1, 2, 3];
    const goNowhere = () => code.i32(NOWHERE).f64(0).storeF64().i32(NOWHERE).op(OP.return, OP.end);
    code.get(index).i32(BUFFER_LENGTH).op(OP.i32GeU).if();
    goNowhere();
    code.get(table).get(index).i32(16).op(OP.i32ShrU).i32(2).op(OP.i32Shl, OP.i32Add).tee(slot);
    code.loadI32(0).tee(block).op(OP.i32Eqz).if();
    code.i32(BLOCK_PAGES).growMemory().tee(block).i32(-1).op(OP.i32Eq).if();
    goNowhere();
    code.get(slot).get(block).i32(16).op(OP.i32Shl).tee(block).storeI32(0).op(OP.end);
    code
      .get(block)
      .get(index)
      .i32(BLOCK_LENGTH - 1)
      .op(OP.i32And)
      .i32(3);
    code.op(OP.i32Shl, OP.i32Add);
  },
};

/** Leaves a range's begin or length as a whole number that can be reckoned with. */
function writeWhole(code: Code, local: number): void {
  const most = 2 * BUFFER_LENGTH;
  code.get(local).f64(-most).op(OP.f64Max).f64(most).op(OP.f64Min);
  code.f64(NEARLY.ofRange).op(OP.f64Add, OP.f64Floor).truncate("i32");
}

/** Begins a range at 0 if it would begin before; `other` moves with it. */
function trimFront(code: Code, begin: number, count: number, other?: number): void {
  code.get(begin).i32(0).op(OP.i32LtS).if();
  code.get(count).get(begin).op(OP.i32Add).set(count);
  if (other !== undefined) code.get(other).get(begin).op(OP.i32Sub).set(other);
  code.i32(0).set(begin).op(OP.end);
}

/** Ends a range with its buffer. */
function trimBack(code: Code, begin: number, count: number): void {
  code.i32(BUFFER_LENGTH).get(begin).op(OP.i32Sub).get(count).op(OP.i32LtS).if();
  code.i32(BUFFER_LENGTH).get(begin).op(OP.i32Sub).set(count).op(OP.end);
}

/** Counts two steps for each number; returns the first operand if there are none, or no steps left. */
function charge(code: Code, count: number, { stepsLeft, cutOff }: Surroundings): void {
  code.get(count).i32(1).op(OP.i32LtS).if().get(0).op(OP.return, OP.end);
  code.getGlobal(stepsLeft).i32(1).op(OP.i32LtS).if();
  code.i32(1).setGlobal(cutOff).get(0).op(OP.return, OP.end);
  code.getGlobal(stepsLeft).get(count).i32(1).op(OP.i32Shl, OP.i32Sub).setGlobal(stepsLeft);
}

/** memset(dest, value, count) of the buffer with a table; returns `dest`. */
const memset: LibraryFunction = {
  takes: [F64, F64, F64, I32],
  returns: [F64],
  locals: [I32, I32],
  write(code, surroundings) {
    const [dest, value, length, table, at, count] = [0, 1, 2, 3, 4, 5];
    writeWhole(code, dest);
    code.set(at);
    writeWhole(code, length);
    code.set(count);
    trimFront(code, at, count);
    trimBack(code, at, count);
    charge(code, count, surroundings);
    code.loop();
    // Zeros where there is no block are there already.
    code.get(table).get(at).i32(16).op(OP.i32ShrU).i32(2).op(OP.i32Shl, OP.i32Add).loadI32(0);
    code.get(value).f64(0).op(OP.f64Ne, OP.i32Or).if();
    code.get(table).get(at).call(surroundings.function("cell")).get(value).storeF64().op(OP.end);
    code.get(at).i32(1).op(OP.i32Add).set(at);
    code.get(count).i32(1).op(OP.i32Sub).tee(count).branchIf(0).op(OP.end).get(dest);
  },
};

/** memcpy(dest, source, count), where both may overlap; returns `dest`. */
const memcpy: LibraryFunction = {
  takes: [F64, F64, F64, I32],
  returns: [F64],
  locals: [I32, I32, I32, I32],
  write(code, surroundings) {
    const [dest, source, length, table, to, from, count, step] = [0, 1, 2, 3, 4, 5, 6, 7];
    for (const [operand, local] of [
      [dest, to],
      [source, from],
      [length, count],
    ] as const) {
      writeWhole(code, operand);
      code.set(local);
    }
    trimFront(code, from, count, to);
    trimFront(code, to, count, from);
    trimBack(code, from, count);
    trimBack(code, to, count);
    charge(code, count, surroundings);
    // From the end backwards where the beginning would be written over before it is read.
    code.i32(1).set(step).get(to).get(from).op(OP.i32GtS).if().i32(-1).set(step);
    for (const local of [to, from]) {
      code.get(local).get(count).op(OP.i32Add).i32(1).op(OP.i32Sub).set(local);
    }
    code.op(OP.end).loop().get(table).get(to).call(surroundings.function("cell"));
    writeAddress(code, from, 0, table);
    code.loadF64().storeF64();
    for (const local of [to, from]) code.get(local).get(step).op(OP.i32Add).set(local);
    code.get(count).i32(1).op(OP.i32Sub).tee(count).branchIf(0).op(OP.end).get(dest);
  },
};

/** By name; each may call those before it. */
export const MEMORY_LIBRARY: Readonly<Record<string, LibraryFunction>> = { cell, memset, memcpy };
