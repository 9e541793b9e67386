// Bundles the stage: its pages and the converter for Node, and writes the digest of what draws. With
// --tests, the unit tests as well.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { butterchurnPatches } from "./butterchurn_patches.mjs";

const web = dirname(fileURLToPath(import.meta.url));
const root = resolve(web, "../../..");

// Newer than the rest of what `npm ci` installs: without it only presets that name its images fail.
const hasImages = existsSync(join(root, "node_modules/butterchurn-presets"));
if (!hasImages) console.warn("butterchurn-presets is not installed: run `npm ci`");

const hasCharts = existsSync(join(root, "node_modules/uplot"));
if (!hasCharts) console.warn("uplot is not installed, so there is no monitor page: run `npm ci`");

const pages = {
  entryPoints: [
    ...["probe/probe", "player/player", "prefer/prefer", "monitor/library"].map((page) =>
      join(web, `src/${page}.ts`),
    ),
    ...(hasCharts ? [join(web, "src/monitor/monitor.ts")] : []),
    ...(hasImages
      ? [{ in: join(web, "src/render/extra_textures.ts"), out: "extra-textures" }]
      : []),
  ],
  outdir: join(web, "dist"),
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  entryNames: "[name]",
  external: ["/extra-textures.js"],
  sourcemap: "linked",
  legalComments: "linked",
  plugins: [butterchurnPatches],
};

const converter = {
  entryPoints: [join(web, "src/convert/main.ts")],
  outfile: join(web, "dist/convert.mjs"),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node18",
};

/**
 * What presets and pairs are drawn with, and nothing else of the page: as long as its digest is the
 * same, so are the pictures of one renderer.
 */
const drawing = {
  ...pages,
  entryPoints: [
    ...["take", "pair"].map((name) => join(web, `src/probe/${name}.ts`)),
    ...pages.entryPoints.filter(({ out }) => out === "extra-textures"),
  ],
  minify: true,
  sourcemap: false,
  legalComments: "none",
  write: false,
};

async function drawingDigest() {
  const { outputFiles } = await build(drawing);
  const digest = createHash("sha256");
  for (const { contents } of outputFiles) digest.update(contents);
  return digest.digest("hex");
}

/** Copies pages and style sheets; what pages share stands in `parts/` and is put in its place. */
async function copyStatic() {
  const from = join(web, "static");
  const parts = join(from, "parts");
  await cp(from, join(web, "dist"), { recursive: true, filter: (path) => path !== parts });
  await cp(join(web, "theme.css"), join(web, "dist/theme.css"));
  const texts = new Map();
  for (const name of await readdir(parts)) {
    texts.set(name.replace(".html", ""), (await readFile(join(parts, name), "utf8")).trimEnd());
  }
  for (const name of (await readdir(from)).filter((each) => each.endsWith(".html"))) {
    const text = await readFile(join(from, name), "utf8");
    const whole = text.replace(/^( *)<!-- part (\w+) -->$/gm, (_, indent, part) => {
      const lines = texts.get(part)?.split("\n");
      if (lines === undefined) throw new Error(`${name} asks for a part ${part}: there is none`);
      return lines.map((line) => indent + line).join("\n");
    });
    if (whole !== text) await writeFile(join(web, "dist", name), whole);
  }
}

async function testEntries(folder) {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(".test.ts")).map((name) => join(folder, name));
}

async function buildTests() {
  const outdir = join(root, "build/stage-tests");
  await rm(outdir, { recursive: true, force: true });
  await build({
    ...converter,
    entryPoints: await testEntries(join(root, "tests/stage/web")),
    outfile: undefined,
    outdir,
    outExtension: { ".js": ".mjs" },
    entryNames: "[name]",
    sourcemap: "inline",
  });
}

await rm(join(web, "dist"), { recursive: true, force: true });
await mkdir(join(web, "dist"), { recursive: true });
await Promise.all([
  build(pages),
  build(converter),
  copyStatic(),
  drawingDigest().then((digest) => writeFile(join(web, "dist/drawing.txt"), digest)),
]);
if (process.argv.includes("--tests")) await buildTests();
