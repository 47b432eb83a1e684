/** S13: CommonJS and ES modules in one project see one copy of LangGraph's classes. */
import { CJS, ESM, type Kind } from "./kind.ts";

const dual = (name: string, main: string) => ({
  [`node_modules/${name}/package.json`]: {
    name,
    version: "1.0.0",
    exports: { [main]: { import: "./m.mjs", require: "./m.cjs" } },
  },
  [`node_modules/${name}/m.mjs`]: "export class Chunk {}",
  [`node_modules/${name}/m.cjs`]: "exports.Chunk = class Chunk {};",
});
const CORE = dual("@langchain/core", "./messages");
const helper = 'import { Chunk } from "@langchain/core/messages"; export const made = new Chunk();';
const graph = (from: string) =>
  `import { Chunk } from "@langchain/core/messages"; import { made } from "${from}"; export const check = () => made instanceof Chunk;`;

export const MIXED_FORMATS: Kind[] = [
  {
    name: "S13: a CommonJS graph with an ES module helper",
    files: { ...CJS, ...CORE, "src/helper.mts": helper, "src/graph.ts": graph("./helper.mjs") },
    expected: true,
  },
  {
    name: "S13: an ES module graph with a CommonJS helper",
    files: { ...ESM, ...CORE, "src/helper.cts": helper, "src/graph.ts": graph("./helper.cjs") },
    expected: true,
  },
  {
    name: "S13: an ES module graph with a CommonJS package of the workspace",
    at: "packages/app",
    files: {
      ...CORE,
      "package.json": { name: "root", workspaces: ["packages/*"] },
      "packages/app/package.json": { name: "app", type: "module" },
      "node_modules/shared": { link: "../packages/shared" },
      "packages/shared/package.json": { name: "shared", main: "./index.ts" },
      "packages/shared/index.ts": helper,
      "packages/app/src/graph.ts": graph("shared"),
    },
    expected: true,
  },
  {
    name: "S13: a CommonJS graph with a package of ES modules alone",
    files: {
      ...CJS,
      ...CORE,
      "node_modules/modern/package.json": {
        name: "modern",
        type: "module",
        exports: "./index.js",
        peerDependencies: { "@langchain/core": "*" },
      },
      "node_modules/modern/index.js": helper,
      "src/graph.ts": graph("modern"),
    },
    expected: true,
  },
  {
    name: "S13: what a CommonJS package makes, and a schema of zod",
    files: {
      ...CJS,
      ...CORE,
      ...dual("zod", "."),
      "node_modules/old/index.js": 'const { Chunk } = require("@langchain/core/messages"); exports.made = new Chunk();',
      "src/helper.mts": `${helper} import { Chunk as Schema } from "zod"; export const schema = new Schema();`,
      "src/graph.ts":
        'import { Chunk } from "@langchain/core/messages"; import { Chunk as Schema } from "zod"; import { made } from "old"; import { schema } from "./helper.mjs"; export const check = () => [made instanceof Chunk, schema instanceof Schema];',
    },
    expected: [true, true],
  },
  {
    name: "S13: CommonJS alone keeps the copies of CommonJS",
    files: {
      ...CJS,
      ...CORE,
      "src/graph.ts":
        'import { Chunk } from "@langchain/core/messages"; export const check = () => require("@langchain/core/messages").Chunk === Chunk && require.resolve("@langchain/core/messages").endsWith(".cjs");',
    },
    expected: true,
  },
];
