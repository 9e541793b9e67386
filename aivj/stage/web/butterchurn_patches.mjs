// What is changed in Butterchurn before it is bundled, word for word. Each change names what it
// replaces and how often that stands there, so that another version of the package cannot go by
// unnoticed. See docs/decisions/015-equations-of-our-own.md; that what is left out changes no picture,
// `python -m benchmarks.take_profile --against` shows.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(fileURLToPath(import.meta.url));

/** What imports a name from a module of ours. */
function importing(name, path) {
  return `import { ${name} } from ${JSON.stringify(join(web, "src", path))};`;
}

const PATCHES = [
  // Our compiler of equations in place of eel-wasm, the rest of which the bundler then leaves out.
  {
    from: "var srcExports = requireSrc();",
    count: 1,
    to: `${importing("loadModule", "equations/module.ts")}\nvar srcExports = { loadModule };`,
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
  // Each visualizer had a canvas for titles, which nobody shows here.
  {
    from: `    this.context2D = this.canvas.getContext("2d", { willReadFrequently: false });\n`,
    count: 1,
    to: "",
  },
  // The module that all presets' meshes are computed by was decoded and compiled for each of them.
  {
    from: "var loadPresetFunctionsBuffer = () => data;",
    count: 1,
    to: `let presetFunctions = null;
function compiledPresetFunctions() {
  presetFunctions ??= WebAssembly.compile(Visualizer.base64ToArrayBuffer(data));
  return presetFunctions;
}`,
  },
  {
    from: "Visualizer.base64ToArrayBuffer(loadPresetFunctionsBuffer())",
    count: 1,
    to: "compiledPresetFunctions()",
  },
  // Meshes stay as they are from frame to frame, and so do their colours: presets are not blended
  // into each other here.
  {
    from: "class WarpShader {",
    count: 1,
    to: `${importing("uploadOnce", "render/uploads.ts")}\nclass WarpShader {`,
  },
  ...[
    ["ELEMENT_ARRAY_BUFFER", "indices", "indexBuf"],
    ["ARRAY_BUFFER", "vertices", "positionVertexBuf"],
  ].map(([target, data, buffer]) => ({
    from: new RegExp(
      `this\\.gl\\.bufferData\\(\\s*this\\.gl\\.${target},\\s*this\\.${data},[^;]*;`,
      "g",
    ),
    count: 3,
    to: `uploadOnce(this.gl, this.gl.${target}, this.${buffer}, this.${data});`,
  })),
  {
    from: "this.gl.bufferData(this.gl.ARRAY_BUFFER, warpColor, this.gl.STATIC_DRAW);",
    count: 1,
    to: "uploadOnce(this.gl, this.gl.ARRAY_BUFFER, this.warpColorVertexBuf, warpColor);",
  },
  // What a preset's shaders do not name is neither computed for them nor bound. Unit 0 stays: others
  // draw with the sampler that is bound there. `rand_frame` stays: it draws from the random stream.
  {
    from: /this\.gl\.(uniform[1-4]fv?)\(\s*(this\.(?!randFrameLoc)\w+),([^;]*?)\);/g,
    count: 134,
    to: "if ($2 !== null) this.gl.$1($2,$3);",
  },
  {
    from: /(this\.gl\.activeTexture\(this\.gl\.TEXTURE(?:[1-9]|1[0-4])\);(?:[^;]*\.bind(?:Texture|Sampler)\([^;]*;)+\s*this\.gl\.uniform1i\((this\.\w+), \d+\);)/g,
    count: 28,
    to: "if ($2 !== null) {\n$1\n}",
  },
];

/** Returns Butterchurn's source with the changes. */
export function patched(source) {
  return PATCHES.reduce((text, { from, count, to }) => {
    const found = from instanceof RegExp ? text.match(from)?.length : text.split(from).length - 1;
    if (found !== count) {
      throw new Error(
        `expected '${from}' ${count} times in Butterchurn, found it ${found ?? 0} times; ` +
          "bring aivj/stage/web/butterchurn_patches.mjs in line with the package's version",
      );
    }
    return from instanceof RegExp ? text.replace(from, to) : text.split(from).join(to);
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
