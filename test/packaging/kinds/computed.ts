/** Imports whose target is only known at run time, dynamic imports, files named by URL, files read beside the source. */
import { CJS, ESM, type Kind } from "./kind.ts";

const TOOLS = { "src/tools/a.ts": 'enum E { A } export const name = "a" + E.A; export default name;' };
const STATE = { "src/state.ts": "export const state: { n: number } = { n: 0 };" };

export const COMPUTED: Kind[] = [
  {
    name: "a dynamic import with a literal",
    files: {
      ...ESM,
      ...TOOLS,
      "src/graph.ts": 'export const check = async () => (await import("./tools/a.js")).name;',
    },
    expected: "a0",
  },
  {
    name: "import(variable) of .js",
    files: {
      ...ESM,
      ...TOOLS,
      "src/graph.ts":
        'const f = ["./tools", "a.js"].join("/"); export const check = async () => (await import(f)).name;',
    },
    expected: "a0",
  },
  {
    name: "import of a template, .js",
    files: {
      ...ESM,
      ...TOOLS,
      "src/graph.ts": 'const t = "a"; export const check = async () => (await import(`./tools/${t}.js`)).name;',
    },
    expected: "a0",
  },
  {
    name: "import of a sum, .js",
    files: {
      ...ESM,
      ...TOOLS,
      "src/graph.ts": 'const t = "a"; export const check = async () => (await import("./tools/" + t + ".js")).name;',
    },
    expected: "a0",
  },
  {
    name: "import(variable) of .ts",
    files: {
      ...ESM,
      ...TOOLS,
      "src/graph.ts":
        'const f = ["./tools", "a.ts"].join("/"); export const check = async () => (await import(f)).name;',
    },
    expected: "a0",
  },
  {
    name: "import of a template, .ts, above the own folder",
    files: {
      ...ESM,
      ...TOOLS,
      "src/g/graph.ts": 'const t = "a"; export const check = async () => (await import(`../tools/${t}.ts`)).name;',
    },
    graph: "src/g/graph.ts",
    expected: "a0",
  },
  {
    name: "the same instance by a computed and by a plain import",
    files: {
      ...ESM,
      ...STATE,
      "src/graph.ts":
        'import { state } from "./state.js"; const s = "state"; export const check = async () => (await import(`./${s}.ts`)).state === state;',
    },
    expected: true,
  },
  {
    name: "CommonJS: computed require without suffix",
    files: {
      ...CJS,
      ...TOOLS,
      "src/graph.ts": 'const t = "a"; export const check = () => require("./tools/" + t).name;',
    },
    expected: "a0",
  },
  {
    name: "CommonJS: computed import without suffix",
    files: {
      ...CJS,
      ...TOOLS,
      "src/graph.ts": 'const t = "a"; export const check = async () => (await import(`./tools/${t}`)).default;',
    },
    expected: "a0",
  },
  {
    name: "CommonJS: dynamic import with a literal, after a 😀",
    files: {
      ...CJS,
      ...TOOLS,
      "src/graph.ts": 'export const s = "😀"; export const check = async () => (await import("./tools/a")).name;',
    },
    expected: "a0",
  },
  {
    name: "CommonJS: .default of an own file imported dynamically",
    files: {
      ...CJS,
      ...TOOLS,
      "src/graph.ts": 'export const check = async () => (await import("./tools/a")).default;',
    },
    expected: "a0",
  },
  {
    name: "CommonJS: dynamic import of a package with top-level await",
    files: {
      ...CJS,
      "node_modules/late/package.json": { name: "late", type: "module", exports: "./index.js" },
      "node_modules/late/index.js": 'export const late = await Promise.resolve("late");',
      "src/graph.ts": 'export const check = async () => (await import("late")).late;',
    },
    expected: "late",
  },
  {
    name: "a worker thread by new URL of .ts",
    files: {
      ...ESM,
      "src/w.ts":
        'import { parentPort } from "node:worker_threads"; import { n } from "./n.js"; parentPort!.postMessage(n);',
      "src/n.ts": "enum E { N = 5 } export const n = E.N;",
      "src/graph.ts": `import { Worker } from "node:worker_threads";
        export const check = () => new Promise((done, fail) => {
          new Worker(new URL("./w.ts", import.meta.url)).once("message", done).once("error", fail);
        });`,
    },
    expected: 5,
  },
  {
    name: "CommonJS: a worker thread by __dirname",
    files: {
      ...CJS,
      "src/w.ts": 'import { parentPort } from "node:worker_threads"; enum E { N = 6 } parentPort!.postMessage(E.N);',
      "src/graph.ts": `import { Worker } from "node:worker_threads"; import path from "node:path";
        export const check = () => new Promise((done, fail) => {
          new Worker(path.join(__dirname, "w.js")).once("message", done).once("error", fail);
        });`,
    },
    expected: 6,
  },
  {
    name: "CommonJS: a file beside the source by __dirname",
    files: {
      ...CJS,
      "src/prompt.md": "beside",
      "src/graph.ts":
        'import { readFileSync } from "fs"; import { join } from "path"; export const check = () => readFileSync(join(__dirname, "prompt.md"), "utf8");',
    },
    expected: "beside",
  },
  {
    name: "CommonJS: a file by import.meta.url",
    files: {
      ...CJS,
      "data/d.csv": "1;2",
      "src/graph.ts":
        'import { readFileSync } from "fs"; export const check = () => readFileSync(new URL("../data/d.csv", import.meta.url), "utf8");',
    },
    expected: "1;2",
  },
  {
    name: "CommonJS: import.meta.dirname",
    files: { ...CJS, "src/graph.ts": "export const check = () => import.meta.dirname === __dirname;" },
    expected: true,
  },
  {
    name: "a file by import.meta.url",
    files: {
      ...ESM,
      "src/d.txt": "text",
      "src/graph.ts":
        'import { readFileSync } from "node:fs"; export const check = () => readFileSync(new URL("d.txt", import.meta.url), "utf8");',
    },
    expected: "text",
  },
  {
    name: "a file by the working directory",
    files: {
      ...ESM,
      "docs/d.txt": "from the project",
      "src/graph.ts":
        'import { readFileSync } from "node:fs"; export const check = () => readFileSync("docs/d.txt", "utf8");',
    },
    expected: "from the project",
  },
];
