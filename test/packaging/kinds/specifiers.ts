/** How files name each other: suffixes, folders, aliases, JSON, formats by suffix and by package.json. */
import { CJS, ESM, type Kind } from "./kind.ts";

const X = { "src/x.ts": "export const x: number = 7;" };
const useX = (specifier: string): string => `import { x } from "${specifier}"; export const check = (): number => x;`;

export const SPECIFIERS: Kind[] = [
  { name: "./x.js that means x.ts", files: { ...ESM, ...X, "src/graph.ts": useX("./x.js") }, expected: 7 },
  { name: "./x without suffix", files: { ...ESM, ...X, "src/graph.ts": useX("./x") }, expected: 7 },
  { name: "./x.ts with its suffix", files: { ...ESM, ...X, "src/graph.ts": useX("./x.ts") }, expected: 7 },
  {
    name: "a folder's index",
    files: { ...ESM, "src/lib/index.ts": "export const x = 8;", "src/graph.ts": useX("./lib") },
    expected: 8,
  },
  {
    name: ". as the own folder's index",
    files: {
      ...ESM,
      "src/lib/index.ts": "export const x = 9;",
      "src/lib/inner.ts": 'export { x } from ".";',
      "src/graph.ts": useX("./lib/inner"),
    },
    expected: 9,
  },
  {
    name: "tsconfig paths through extends",
    files: {
      ...ESM,
      "tsconfig.base.json": { compilerOptions: { paths: { "@/*": ["./src/lib/*"] } } },
      "tsconfig.json": { extends: "./tsconfig.base.json" },
      "src/lib/x.ts": "export const x = 10;",
      "src/graph.ts": useX("@/x"),
    },
    expected: 10,
  },
  {
    name: "#lib/* of package.json to TypeScript",
    files: {
      "package.json": { name: "p", type: "module", imports: { "#lib/*": "./src/lib/*.ts" } },
      "src/lib/x.ts": "enum E { A = 11 } export const x = E.A;",
      "src/graph.ts": useX("#lib/x"),
    },
    expected: 11,
  },
  {
    name: "baseUrl alone",
    files: {
      ...CJS,
      "tsconfig.json": { compilerOptions: { baseUrl: "." } },
      "src/lib/x.ts": "export const x = 12;",
      "src/graph.ts": useX("src/lib/x"),
    },
    expected: 12,
  },
  {
    name: ".mts in a CommonJS package",
    files: { ...CJS, "src/x.mts": "export const x = await Promise.resolve(13);", "src/graph.mts": useX("./x.mjs") },
    graph: "src/graph.mts",
    expected: 13,
  },
  {
    name: ".cts in an ES module package",
    files: {
      ...ESM,
      "src/x.cts": "export const x = 14; export const here = __dirname;",
      "src/graph.cts": useX("./x.cjs"),
    },
    graph: "src/graph.cts",
    expected: 14,
  },
  {
    name: "JSON with an import attribute",
    files: {
      ...ESM,
      "src/d.json": { x: 15 },
      "src/graph.ts": 'import d from "./d.json" with { type: "json" }; export const check = () => d.x;',
    },
    expected: 15,
  },
  {
    name: "JSON without an attribute",
    files: {
      ...ESM,
      "src/d.json": { x: 16 },
      "src/graph.ts": 'import d from "./d.json"; export const check = () => d.x;',
    },
    expected: 16,
  },
  {
    name: "JSON by a named import",
    files: { ...ESM, "src/d.json": { x: 17 }, "src/graph.ts": useX("./d.json") },
    expected: 17,
  },
  {
    name: "an ES module folder below a CommonJS package",
    files: {
      ...CJS,
      "src/esm/package.json": { type: "module" },
      "src/esm/graph.ts":
        "class A { static b = 18 } export const url = import.meta.url; export const check = () => A.b;",
    },
    graph: "src/esm/graph.ts",
    expected: 18,
  },
  {
    name: "a CommonJS folder below an ES module package",
    files: {
      ...ESM,
      "src/cjs/package.json": { type: "commonjs" },
      "src/cjs/x.ts": "export default class Named { static where = typeof __dirname }",
      "src/graph.ts":
        'import * as all from "./cjs/x.js"; export const check = () => (all as any)["module.exports"].default.where;',
    },
    expected: "string",
  },
];
