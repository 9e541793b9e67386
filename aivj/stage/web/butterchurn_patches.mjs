// What is changed in Butterchurn before it is bundled, word for word. Each change names what it
// replaces and how often that stands there, so that another version of the package cannot go by
// unnoticed. See docs/decisions/015-equations-of-our-own.md.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const equations = join(dirname(fileURLToPath(import.meta.url)), "src/equations/module.ts");

const PATCHES = [
  // Our compiler of equations in place of eel-wasm, the rest of which the bundler then leaves out.
  {
    from: "var srcExports = requireSrc();",
    count: 1,
    to: `import { loadModule } from ${JSON.stringify(equations)};\nvar srcExports = { loadModule };`,
  },
  // Butterchurn can keep the start values of four shapes; our module can of as many as there are.
  ...["save", "restore"].map((what) => ({
    from: `presetFunctionsMod.exports[\`shape\${i}_${what}\`]()`,
    count: 1,
    to: `mod.exports[\`shape\${i}_${what}\`]()`,
  })),
  // The blank preset that a visualizer begins with, whose four buffers of a million numbers nobody
  // reads: filling them took half of a visualizer's time.
  { from: "new Array(1048576).fill(0)", count: 4, to: "[]" },
];

/** Returns Butterchurn's source with the changes. */
export function patched(source) {
  return PATCHES.reduce((text, { from, count, to }) => {
    const parts = text.split(from);
    if (parts.length - 1 !== count) {
      throw new Error(
        `expected '${from}' ${count} times in Butterchurn, found it ${parts.length - 1} times; ` +
          "bring aivj/stage/web/butterchurn_patches.mjs in line with the package's version",
      );
    }
    return parts.join(to);
  }, source);
}

/** For esbuild. */
export const butterchurnPatches = {
  name: "butterchurn-patches",
  setup(build) {
    build.onLoad({ filter: /[\\/]butterchurn[\\/]dist[\\/]butterchurn\.js$/ }, async ({ path }) => {
      return { contents: patched(await readFile(path, "utf8")), loader: "js" };
    });
  },
};
