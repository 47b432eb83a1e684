/** What TypeScript and JavaScript allow: syntax that needs emit, module semantics, CommonJS idioms, JSX, stack traces. */
import { CJS, ESM, type Kind } from "./kind.ts";

const DECORATED = `
  const seen: unknown[] = [];
  (Reflect as any).metadata = (key: string, value: any) => () => { seen.push(key, Array.isArray(value) ? value.length : value.name); };
  const mark = (_: unknown, key: string) => { seen.push(key); };
  class Service { @mark name: string = "n"; @mark run(_: number): string { return ""; } }
  new Service(); export const check = () => seen;`;
const DECORATORS = {
  "tsconfig.json": { compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } },
};
const DECORATIONS = [
  "design:type",
  "String",
  "name",
  "design:returntype",
  "String",
  "design:paramtypes",
  1,
  "design:type",
  "Function",
  "run",
];

const JSX_RUNTIME = {
  "node_modules/react/package.json": { name: "react", exports: { "./jsx-runtime": "./jsx-runtime.js" } },
  "node_modules/react/jsx-runtime.js":
    "exports.jsx = (type, props) => ({ type, ...props }); exports.jsxs = exports.jsx;",
  "src/view.tsx": "export const view = (name: string) => <b>{name}</b>;",
  "src/graph.ts": 'import { view } from "./view"; export const check = () => view("you");',
};
const thrower = "\n\n\n\n\n\nexport const fail = (): never => { throw new Error('here'); };";
const trace = `import { fail } from "./lib.js";
  export const check = () => { try { fail(); } catch (e) { return /src.lib.ts:7/.test((e as Error).stack ?? ""); } };`;

export const LANGUAGE: Kind[] = [
  {
    name: "top-level await",
    files: { ...ESM, "src/graph.ts": "const x = await Promise.resolve(1); export const check = () => x;" },
    expected: 1,
  },
  {
    name: "circular imports",
    files: {
      ...ESM,
      "src/a.ts": 'import { b } from "./b.js"; export const a = () => 1; export const viaB = () => b();',
      "src/b.ts": 'import { a } from "./a.js"; export const b = () => a() + 1;',
      "src/graph.ts": 'import { viaB } from "./a.js"; export const check = () => viaB();',
    },
    expected: 2,
  },
  {
    name: "a side-effect import under sideEffects: false",
    files: {
      "package.json": { name: "p", type: "module", sideEffects: false },
      "src/effect.ts": "(globalThis as any).effect = 1;",
      "src/graph.ts": 'import "./effect"; export const check = () => (globalThis as any).effect;',
    },
    expected: 1,
  },
  {
    name: "export = and import = require()",
    files: {
      ...CJS,
      "src/x.ts": "const x = { five: 5 }; export = x;",
      "src/graph.ts": 'import x = require("./x"); export const check = () => x.five;',
    },
    expected: 5,
  },
  {
    name: "CommonJS: require() of a TypeScript file",
    files: {
      ...CJS,
      "src/x.ts": "export const x: number = 6;",
      "src/graph.ts": 'const { x } = require("./x"); export const check = () => x;',
    },
    expected: 6,
  },
  {
    name: "plain JavaScript",
    files: {
      ...ESM,
      "src/x.js": "export const x = 7;",
      "src/graph.js": 'import { x } from "./x.js"; export const check = () => x;',
    },
    graph: "src/graph.js",
    expected: 7,
  },
  {
    name: "plain CommonJS JavaScript",
    files: {
      ...CJS,
      "src/x.js": "module.exports = function eight() { return 8; };",
      "src/graph.js": 'const x = require("./x"); module.exports = { check: () => x() };',
    },
    graph: "src/graph.js",
    expected: 8,
  },
  {
    name: "class and function names",
    files: {
      ...ESM,
      "src/graph.ts":
        "export default class Agent {} const f = () => 0; export const check = () => [Agent.name, f.name];",
    },
    expected: ["Agent", "f"],
  },
  {
    name: "createRequire",
    files: {
      ...ESM,
      "src/d.json": { x: 9 },
      "src/graph.ts":
        'import { createRequire } from "node:module"; export const check = () => createRequire(import.meta.url)("./d.json").x;',
    },
    expected: 9,
  },
  {
    name: "require in an ES module resolves from the file itself",
    files: {
      ...ESM,
      "src/in/node_modules/near/index.js": 'module.exports = "near";',
      "src/in/x.ts": 'export const x = require("near");',
      "src/graph.ts": 'import { x } from "./in/x"; export const check = () => x;',
    },
    expected: "near",
  },
  {
    name: "decorators with metadata",
    files: { ...ESM, ...DECORATORS, "src/graph.ts": DECORATED },
    expected: DECORATIONS,
  },
  {
    name: "CommonJS: decorators with metadata",
    files: { ...CJS, ...DECORATORS, "src/graph.ts": DECORATED },
    expected: DECORATIONS,
  },
  {
    name: "enum, namespace and parameter properties",
    files: {
      ...ESM,
      "src/graph.ts":
        "enum E { A = 1 } namespace N { export const b = 2; } class C { constructor(readonly c: number) {} } export const check = () => [E.A, N.b, new C(3).c];",
    },
    expected: [1, 2, 3],
  },
  {
    name: "jsx: react-jsx",
    files: { ...ESM, ...JSX_RUNTIME, "tsconfig.json": { compilerOptions: { jsx: "react-jsx" } } },
    expected: { type: "b", children: "you" },
  },
  {
    name: "jsx: preserve",
    files: { ...ESM, ...JSX_RUNTIME, "tsconfig.json": { compilerOptions: { jsx: "preserve" } } },
    expected: { type: "b", children: "you" },
  },
  {
    name: "a stack trace names the line in the source",
    files: { ...ESM, "src/lib.ts": thrower, "src/graph.ts": trace },
    expected: true,
  },
  {
    name: "CommonJS: a stack trace names the line in the source",
    files: { ...CJS, "src/lib.ts": thrower, "src/graph.ts": trace },
    expected: true,
  },
];

/** Only a compiler with types could tell that `Foo` is no value. `export type { Foo }` is the way to write it. */
export const NOT_SERVED: Kind = {
  name: "an interface in a plain export list",
  files: {
    ...ESM,
    "src/types.ts": "export interface Foo { x: number }",
    "src/again.ts": 'import { Foo } from "./types"; export { Foo };',
    "src/graph.ts": 'import "./again"; export const check = () => 1;',
  },
  expected: 1,
};
