// The converter as a child process. First line out: {"ready": "<converter>"}. Then one line out
// for each line in, in order: {"id": 1, "text": "..."} -> {"id": 1, "preset": {...}}, where "text"
// is the preset's bytes decoded as latin-1. With "failed": {"stage": ..., "message": ...} the shaders
// are not converted but reported so. With "read": true the answer is {"id": 1, "milk": {...}}, what was
// read. Ends with its input, or with its owner.

import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { type Milk, type MilkPart, readMilk } from "./milk.ts";
import { CONVERTER, convertPreset, convertPresetWith } from "./preset.ts";
import { failedShader } from "./shader.ts";
import { type ConvertedPreset, type FailureStage, ShaderError } from "./types.ts";

interface Request {
  id: number;
  text: string;
  read?: boolean;
  failed?: { stage: FailureStage; message: string };
}

/** Ends this process when its owner is gone, even while a conversion hangs and reads no input. */
function endWithOwner(): void {
  const watch = `
    const owner = process.ppid;
    setInterval(() => process.ppid === owner || process.kill(process.pid, "SIGKILL"), 500);`;
  new Worker(watch, { eval: true }).unref();
}

function convert({ text, failed }: Request): ConvertedPreset {
  if (failed === undefined) return convertPreset(text);
  const shader = failedShader(new ShaderError(failed.stage, failed.message));
  return convertPresetWith(text, () => shader);
}

/** A reading as lists of pairs, which unlike objects keep any key. */
function listed(milk: Milk): unknown {
  const part = ({ index, values, blocks }: MilkPart) => ({
    index,
    values: [...values],
    blocks: [...blocks],
  });
  const { preset, waves, shapes, raw, ...rest } = milk;
  return {
    ...rest,
    raw: [...raw],
    preset: part(preset),
    waves: waves.map(part),
    shapes: shapes.map(part),
  };
}

function answer(request: Request): unknown {
  if (request.read) return { id: request.id, milk: listed(readMilk(request.text)) };
  return { id: request.id, preset: convert(request) };
}

async function main(): Promise<void> {
  endWithOwner();
  const write = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
  write({ ready: CONVERTER });
  for await (const line of createInterface({ input: process.stdin })) {
    write(answer(JSON.parse(line)));
  }
}

await main();
