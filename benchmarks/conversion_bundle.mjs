// Writes Butterchurn as the stage bundles it, with our compiler of equations, to standard output.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { butterchurnPatches } from "../aivj/stage/web/butterchurn_patches.mjs";

const { outputFiles } = await build({
  stdin: {
    contents: 'export { default } from "butterchurn";',
    resolveDir: dirname(fileURLToPath(import.meta.url)),
  },
  bundle: true,
  format: "esm",
  write: false,
  plugins: [butterchurnPatches],
});
process.stdout.write(outputFiles[0].contents);
