/** S10: imports of a computed name that is no path: by tsconfig, by package.json, by a package of the workspace. */
import { CJS, ESM, type Kind } from "./kind.ts";

const TOOL = { "src/tools/a.ts": 'enum E { A } export const name = "a" + E.A;' };
const PATHS = { "tsconfig.json": { compilerOptions: { paths: { "@/*": ["./src/*"] } } } };
const IMPORTS = (target: unknown) => ({
  "package.json": { name: "p", type: "module", imports: { "#lib/*": target } },
});
const importing = (specifier: string) => ({
  "src/graph.ts": `const t: string = "a"; export const check = async () => (await import(${specifier})).name;`,
});
const template = (start: string, end = "") => importing(`\`${start}\${t}${end}\``);

const workspace = (how: string, inside: string, more: Record<string, unknown>): Kind => ({
  name: `S10: a package of the workspace, ${how}`,
  at: "packages/app",
  files: {
    "package.json": { name: "root", workspaces: ["packages/*"] },
    "packages/app/package.json": { name: "app", type: "module" },
    "node_modules/@own/tools": { link: "../../packages/tools" },
    "packages/tools/package.json": { name: "@own/tools", type: "module", ...more },
    "packages/tools/src/a.ts": 'enum E { A } export const name = "a" + E.A;',
    "packages/app/src/graph.ts": `const t: string = "a"; export const check = async () => (await import(\`@own/tools/${inside}\${t}\`)).name;`,
  },
  expected: "a0",
});

export const ALIASES: Kind[] = [
  { name: "S10: paths of tsconfig", files: { ...ESM, ...TOOL, ...PATHS, ...template("@/tools/") }, expected: "a0" },
  {
    name: "S10: paths of tsconfig, the suffix of JavaScript",
    files: { ...ESM, ...TOOL, ...PATHS, ...template("@/tools/", ".js") },
    expected: "a0",
  },
  {
    name: "S10: paths of tsconfig, the folder unknown, too",
    files: { ...ESM, ...TOOL, ...PATHS, ...importing('"@/" + ["tools", t].join("/")') },
    expected: "a0",
  },
  {
    name: "S10: paths of tsconfig with several targets, by an extended one",
    files: {
      ...ESM,
      ...TOOL,
      "base.json": { compilerOptions: { paths: { "~*": ["./absent/*", "./src/tools/*"] } } },
      "tsconfig.json": { extends: "./base.json" },
      ...template("~"),
    },
    expected: "a0",
  },
  {
    name: "S10: paths of a tsconfig that is only referred to",
    files: {
      ...ESM,
      ...TOOL,
      "tsconfig.json": { files: [], references: [{ path: "./tsconfig.app.json" }] },
      "tsconfig.app.json": { compilerOptions: { composite: true, paths: { "@/*": ["./src/*"] } }, include: ["src"] },
      ...template("@/tools/"),
    },
    expected: "a0",
  },
  {
    name: "S10: baseUrl alone",
    files: { ...ESM, ...TOOL, "tsconfig.json": { compilerOptions: { baseUrl: "." } }, ...template("src/tools/") },
    expected: "a0",
  },
  {
    name: "S10: CommonJS: paths of tsconfig, required and imported",
    files: {
      ...CJS,
      ...TOOL,
      ...PATHS,
      "src/graph.ts":
        'const t: string = "a"; export const check = async () => [require("@/tools/" + t).name, (await import(`@/tools/${t}`)).name];',
    },
    expected: ["a0", "a0"],
  },
  {
    name: "S10: imports of package.json",
    files: { ...TOOL, ...IMPORTS("./src/tools/*.ts"), ...template("#lib/") },
    expected: "a0",
  },
  {
    name: "S10: imports of package.json, to the JavaScript that is not built",
    files: {
      ...TOOL,
      ...IMPORTS({ built: "./dist/*.js", default: "./src/tools/*.js" }),
      ...template("#lib/"),
    },
    expected: "a0",
  },
  {
    name: "S10: imports of package.json, names without suffix",
    files: { ...TOOL, ...IMPORTS("./src/tools/*"), ...template("#lib/") },
    expected: "a0",
  },
  {
    name: "S10: a list of aliases, and of paths out of the own folder",
    files: {
      ...ESM,
      ...TOOL,
      ...PATHS,
      "lib/b.ts": "enum E { B = 2 } export const name = E.B;",
      "src/graph.ts":
        'const all: Record<string, string> = { a: "@/tools/a", b: "../lib/b.js" }; export const check = () => Promise.all(Object.keys(all).map(async (key) => (await import(all[key]!)).name));',
    },
    expected: ["a0", 2],
  },
  workspace("without exports", "src/", {}),
  workspace("with exports", "", { exports: { ".": "./index.js", "./*": "./src/*.ts" } }),
  {
    name: "S10: what a worker thread imports",
    files: {
      ...ESM,
      ...TOOL,
      ...PATHS,
      "src/w.ts":
        'import { parentPort } from "node:worker_threads"; const t: string = "a"; const { name } = await import(`@/tools/${t}`); parentPort!.postMessage(name);',
      "src/graph.ts": `import { Worker } from "node:worker_threads";
        export const check = () => new Promise((done, fail) => {
          new Worker(new URL("./w.ts", import.meta.url)).once("message", done).once("error", fail);
        });`,
    },
    expected: "a0",
  },
];
