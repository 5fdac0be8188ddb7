// Builds the page into ../assets: page.js, page.css and LICENSES.txt. The same sources give the same bytes.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const assets = here("../assets/");

const shared = { absWorkingDir: here("."), bundle: true, minify: true, charset: "utf8", legalComments: "none", logLevel: "warning" };
const script = await build({
  ...shared,
  entryPoints: ["src/main.tsx"],
  outfile: `${assets}page.js`,
  format: "iife",
  target: "es2022",
  metafile: true,
});
await build({ ...shared, entryPoints: ["src/style/page.css"], outfile: `${assets}page.css`, target: "chrome109" });

// What is embedded is told by the bundle itself, so a library can neither be forgotten nor named for nothing.
const embedded = new Set(
  Object.keys(script.metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
);
const notices = [];
for (const name of [...embedded].sort()) {
  const about = JSON.parse(await readFile(here(`node_modules/${name}/package.json`), "utf8"));
  const licence = await readFile(here(`node_modules/${name}/LICENSE`), "utf8");
  notices.push(`${name} ${about.version} (${about.license})\n\n${licence.trim()}\n`);
}
await writeFile(`${assets}LICENSES.txt`, notices.join(`\n${"-".repeat(78)}\n\n`));
