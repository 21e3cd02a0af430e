/**
 * Checks who imports whom in the page's source: views ▶ actions ▶ platform ▶ net | state ▶ protocol, and that `state`
 * reaches for nothing of the browser. Usage: node tools/layers.mjs [folder]
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const MAY_IMPORT = {
  protocol: [],
  state: ["protocol"],
  net: ["protocol"],
  platform: ["protocol", "net"],
  actions: ["protocol", "state", "net", "platform"],
  views: ["protocol", "state", "actions"],
  main: ["actions", "views", "styles"],
  // What tests hold in their hands; nothing that is shipped imports it.
  testing: ["protocol", "state", "net", "actions"],
};
const PACKAGES = {
  protocol: [],
  state: [],
  net: [],
  platform: ["idb"],
  actions: ["@preact/signals"],
  views: ["preact", "preact/hooks", "@preact/signals", "lucide", "uqr"],
  main: ["preact"],
  testing: [],
};
const IMPURE =
  /\b(window|document|navigator|localStorage|indexedDB|crypto|fetch|WebSocket|setTimeout|setInterval|Date\.now|new Date\(\)|Math\.random)\b/;
const FORBIDDEN_EVERYWHERE = /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|eval)\b/;
const FORBIDDEN_IN_VIEWS = /\b(fetch|WebSocket|XMLHttpRequest|EventSource|indexedDB)\s*\(/;

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function withoutComments(text) {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:])\/\/.*$/gm, "$1");
}

function faultsOf(file, root) {
  const [first] = relative(root, file).split(sep);
  const layer = first.includes(".") ? "main" : first;
  if (!MAY_IMPORT[layer]) return [`${layer} is no layer`];
  const text = withoutComments(readFileSync(file, "utf8"));
  return [...importFaults(text, layer, (target) => relative(root, resolve(dirname(file), target)).split(sep)[0]), ...wordFaults(text, layer)];
}

function importFaults(text, layer, layerOf) {
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, target]) => target);
  return targets.flatMap((target) => {
    const goal = target.startsWith(".") ? layerOf(target) : null;
    if (goal === null) return PACKAGES[layer].includes(target) ? [] : [`${layer} may not import the package ${target}`];
    return goal === layer || MAY_IMPORT[layer].includes(goal) ? [] : [`${layer} may not import ${goal} (${target})`];
  });
}

function wordFaults(text, layer) {
  const markup = FORBIDDEN_EVERYWHERE.exec(text);
  const request = layer === "views" ? FORBIDDEN_IN_VIEWS.exec(text) : null;
  const impure = layer === "state" ? IMPURE.exec(text) : null;
  return [
    ...(markup ? [`${markup[0]} makes markup of text, which nothing here may`] : []),
    ...(request ? [`views never fetch, but this says ${request[0]}`] : []),
    ...(impure ? [`state is pure, but this reaches for ${impure[0]}`] : []),
  ];
}

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(process.argv[2] ?? join(here, "..", "src"));
const files = sources(root);
const faults = files.flatMap((file) => faultsOf(file, root).map((fault) => `${relative(root, file)}: ${fault}`));
if (files.length === 0) faults.push(`no source file found in ${root}: nothing was checked`);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`layers: ${files.length} files, no fault`);
