/**
 * Weighs what a browser fetches for its first view of a room, gzipped, and fails above the budget.
 * Usage: node tools/size.mjs [folder of the built page]
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 60 * 1024;

const here = dirname(fileURLToPath(import.meta.url));
const page = resolve(process.argv[2] ?? join(here, "..", "..", "src", "chinwag", "page"));
const html = readFileSync(join(page, "index.html"), "utf8");
const linked = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, path]) => path);
if (!linked.some((path) => path.endsWith(".js"))) {
  console.error(`No script found in ${page}/index.html: nothing was weighed.`);
  process.exit(1);
}
let total = 0;
for (const path of ["index.html", ...linked]) {
  const size = gzipSync(readFileSync(join(page, path)), { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(7)}  ${path}`);
}
console.log(`${String(total).padStart(7)}  in all, of ${BUDGET} allowed`);
if (total > BUDGET) process.exit(1);
