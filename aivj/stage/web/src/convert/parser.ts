// hlslparser, an emscripten build with some habits of its own.

import createModule from "hlslparser-js";
import { ShaderError } from "./types.ts";

type Parse = (source: string, entry: string, target: string) => string;

const VERDICTS = new Set(["parsing failed", "code generation failed"]);

/** One WebAssembly instance, replaced by a fresh one whenever it has thrown or aborted. */
export class HlslParser {
  private parse: Parse | null = null;
  private errors: string[] = [];

  /**
   * Translates a fragment shader to GLSL ES 1.00.
   *
   * @param source HLSL whose first line is not the preset's, but the prelude.
   * @throws ShaderError of stage `parse`, with the parser's message and the preset's line.
   */
  async toGlsl(source: string, entry: string): Promise<string> {
    for (let attempt = 0; attempt < 2; attempt++) {
      const result = await this.attempt(source, entry);
      if (result.startsWith("#version")) return result;
      if (VERDICTS.has(result)) throw new ShaderError("parse", this.message());
      // The package returns a pointer into freed memory: rarely, its first bytes are overwritten.
      this.parse = null;
    }
    throw new ShaderError("parse", "the parser returned no shader, twice");
  }

  private async attempt(source: string, entry: string): Promise<string> {
    this.errors = [];
    this.parse ??= await this.instantiate();
    try {
      return this.parse(source, entry, "fs");
    } catch (error) {
      this.parse = null;
      throw new ShaderError("parse", `the parser broke off: ${String(error)}`);
    }
  }

  private instantiate(): Promise<Parse> {
    const note = (text: string) => {
      this.errors.push(text);
    };
    return new Promise((resolve) => {
      createModule({ print: note, printErr: note }).then?.((module) => {
        // A promise that resolves with something thenable would wait for itself.
        delete module.then;
        resolve(module.cwrap("parseHLSL", "string", ["string", "string", "string"]));
      });
    });
  }

  private message(): string {
    const text = this.errors.join("; ").trim();
    if (text === "") return "the parser rejects the shader without a message";
    return text.replace(/\S+\((\d+)\) : /g, (_, line) => `line ${Number(line) - 1}: `);
  }
}
