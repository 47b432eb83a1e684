/** Packages, workspace packages and what lies above the folder of langgraph.json. */
import { CJS, ESM, type Kind } from "./kind.ts";

const WORKSPACE = {
  "package.json": { name: "root", workspaces: ["packages/*"] },
  "packages/app/package.json": { name: "app", type: "module" },
  "node_modules/shared": { link: "../packages/shared" },
};

export const PACKAGES: Kind[] = [
  {
    name: "CommonJS with a package that looks at module.parent",
    files: {
      ...CJS,
      "node_modules/old/index.js": "exports.required = module.parent !== undefined && module.parent !== null;",
      "src/graph.ts": 'import { required } from "old"; export const check = () => required;',
    },
    expected: true,
  },
  {
    name: "CommonJS with a package that is an ES module only",
    files: {
      ...CJS,
      "node_modules/modern/package.json": { name: "modern", type: "module", exports: "./index.js" },
      "node_modules/modern/index.js": "export const x = 1; export default 2;",
      "src/graph.ts": 'import two, { x } from "modern"; export const check = () => [x, two];',
    },
    expected: [1, 2],
  },
  {
    name: "a package by a computed name",
    files: {
      ...ESM,
      "node_modules/@models/small/package.json": { name: "@models/small", type: "module", exports: "./index.js" },
      "node_modules/@models/small/index.js": 'export const model = "small";',
      "src/graph.ts":
        'const name = ["@models", "small"].join("/"); export const check = async () => (await import(name)).model;',
    },
    expected: "small",
  },
  {
    name: "the source of a workspace package, by its link",
    at: "packages/app",
    files: {
      ...WORKSPACE,
      "packages/shared/package.json": { name: "shared", type: "module", exports: "./src/index.ts" },
      "packages/shared/src/index.ts": "export const x: number = 3;",
      "packages/app/src/graph.ts": 'import { x } from "shared"; export const check = () => x;',
    },
    expected: 3,
  },
  {
    name: "a workspace package's own dependency, which the project does not see",
    at: "packages/app",
    files: {
      ...WORKSPACE,
      "packages/shared/package.json": { name: "shared", type: "module", exports: "./src/index.ts" },
      "packages/shared/node_modules/own/index.js": 'exports.own = "own";',
      "packages/shared/src/index.ts": 'export { own } from "own";',
      "packages/app/src/graph.ts": 'import { own } from "shared"; export const check = () => own;',
    },
    expected: "own",
  },
  {
    name: "an enum in a workspace package",
    at: "packages/app",
    files: {
      ...WORKSPACE,
      "packages/shared/package.json": { name: "shared", main: "./src/index.ts" },
      "packages/shared/src/index.ts": "export enum Level { Low = 1, High }",
      "packages/app/src/graph.ts": 'import { Level } from "shared"; export const check = () => Level[Level.High];',
    },
    expected: "High",
  },
  {
    name: "the dist of a workspace package",
    at: "packages/app",
    files: {
      ...WORKSPACE,
      "packages/shared/package.json": { name: "shared", main: "./dist/index.js" },
      "packages/shared/tsconfig.json": { compilerOptions: { outDir: "dist" } },
      "packages/shared/dist/index.js":
        'exports.beside = () => require("fs").readFileSync(__dirname + "/d.txt", "utf8");',
      "packages/shared/dist/d.txt": "beside",
      "packages/app/src/graph.ts": 'import { beside } from "shared"; export const check = () => beside();',
    },
    expected: "beside",
  },
  {
    name: "imports above the folder of langgraph.json",
    at: "apps/agent",
    files: {
      "apps/agent/package.json": { name: "agent", type: "module" },
      "shared/package.json": { name: "shared", type: "module" },
      "shared/x.ts": 'export const x = new URL("../shared/x", import.meta.url).pathname.slice(-8);',
      "apps/agent/src/graph.ts": 'import { x } from "../../../shared/x"; export const check = () => x;',
    },
    expected: "shared/x",
  },
  {
    name: "one instance through two entries and an alias",
    files: {
      ...ESM,
      "tsconfig.json": { compilerOptions: { paths: { "@/*": ["./src/*"] } } },
      "src/state.ts": "export const state = { count: 0 };",
      "src/other.ts": 'import { state } from "@/state"; export const up = () => ++state.count;',
      "src/graph.ts":
        'import { up } from "./other.js"; import { state } from "./state"; export const check = () => { up(); return state.count; };',
    },
    expected: 1,
  },
  {
    name: "a source file by a symbolic link",
    files: {
      ...ESM,
      "real/state.ts": "export const state = {};",
      "src/linked.ts": { link: "../real/state.ts" },
      "src/graph.ts":
        'import { state as a } from "./linked"; import { state as b } from "../real/state"; export const check = () => a === b;',
    },
    expected: true,
  },
];
