// What the official client does for every function of an apply, one after the other: esbuild with its options, then
// a ZIP archive. Prints the bytes of all archives.
import { readdirSync } from "node:fs";
import { build } from "esbuild";
import { zipSync } from "fflate";

const banner = [
  'import { createRequire as __r } from "node:module";',
  'import { fileURLToPath as __f } from "node:url";',
  'import { dirname as __d } from "node:path";',
  "const require = __r(import.meta.url), __filename = __f(import.meta.url), __dirname = __d(__filename);",
].join("");

let bytes = 0;
for (const name of readdirSync("src").sort()) {
  const made = await build({
    entryPoints: [`src/${name}`],
    bundle: true,
    format: "esm",
    platform: "node",
    minify: true,
    outfile: "index.mjs",
    write: false,
    metafile: true,
    logLevel: "silent",
    external: [],
    banner: { js: banner },
  });
  const files = Object.fromEntries(made.outputFiles.map((file) => [file.path.split("/").pop(), file.contents]));
  bytes += zipSync(files, { level: 6 }).length;
}
console.log(JSON.stringify({ bytes }));
