/** Modules joined into one file: whatever way they are reached, they export what they did, and are one instance. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { joinModules } from "../../packaging/closure/join-modules.ts";

const ESM = { "package.json": `{ "type": "module", "exports": { ".": "./index.js", "./*": "./*.js" } }` };
const PACKAGES: Record<string, Record<string, string>> = {
  "@langchain/langgraph": {
    ...ESM,
    "index.js": `
      globalThis.order = [...(globalThis.order ?? []), "index"];
      export * from "./first.js";
      export { default as loaded, later } from "./second.js";
      export { first as firstLater } from "./again.js";
      import { Same } from "@langchain/core/messages";
      export class Graph extends Same {}
      export const has = (thing) => thing instanceof Same;`,
    "first.js": `
      import { count } from "./second.js";
      globalThis.order = [...(globalThis.order ?? []), "first"];
      export const read = () => count;
      export class Same {}
      export default "not passed on by a star";`,
    // Imports the one that imports it.
    "second.js": `
      import { read } from "./first.js";
      import * as plain from "plain";
      globalThis.order = [...(globalThis.order ?? []), "second"];
      export let count = 0;
      export const add = () => (count += 1, read());
      export default plain.name;
      export const later = () => import("./late.js");`,
    "late.js": `import { count } from "./second.js"; export const seen = () => count;`,
    "schemas.js": `export { Same as same } from "./first.js";`,
    "again.js": `export const first = () => import("./first.js");`,
  },
  "@langchain/core": {
    ...ESM,
    "messages.js": `
      globalThis.order = [...(globalThis.order ?? []), "messages"];
      export class Same {}
      export function isSame(thing) { return thing instanceof Same; }`,
  },
  plain: { "package.json": "{}", "index.js": `exports.name = "plain";` },
};
const BRIDGE = `export * as lg from "@langchain/langgraph";\nexport * as messages from "@langchain/core/messages";\nexport const schemas = () => import("@langchain/langgraph/schemas");\n`;
/** What a program sees of them, by every way there is. */
const SEEN = `
  import { lg, messages, schemas } from "./.bridge.mjs";
  import * as second from "./node_modules/@langchain/langgraph/second.js";
  import * as first from "@langchain/langgraph/first";
  import { createRequire } from "node:module";
  const [late, firstLater] = await Promise.all([lg.later(), lg.firstLater()]);
  const counts = [second.add(), first.read(), late.seen(), second.count];
  const names = [lg.Same.name, messages.Same.name, lg.Graph.name, messages.isSame.name];
  const same = [first.Same === lg.Same, first === firstLater, lg.has(new messages.Same()), messages.isSame(new lg.Same()), new lg.Graph() instanceof messages.Same];
  const plain = [lg.loaded, createRequire(import.meta.url)("plain").name];
  const keys = [lg, messages, second, first].map((module) => Object.keys(module));
  console.log(JSON.stringify({ order: globalThis.order, counts, names, same, plain, keys, byDefault: first.default, schemas: (await schemas()).same === lg.Same }));`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "joined-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(packages: typeof PACKAGES): Promise<string> {
  const files = Object.entries(packages).flatMap(([name, own]) =>
    Object.entries(own).map(([file, text]): [string, string] => [path.join("node_modules", name, file), text]),
  );
  for (const [file, text] of [...files, [".bridge.mjs", BRIDGE], ["seen.mjs", SEEN]] as const) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return path.join(folder, ".bridge.mjs");
}

const seen = (): unknown =>
  JSON.parse(execFileSync(process.execPath, [path.join(folder, "seen.mjs")], { encoding: "utf8" }));

test("a program sees the same before and after, in the same order", async () => {
  const bridge = await write(PACKAGES);
  const before = seen();

  expect(await joinModules(bridge)).toEqual({ kind: "joined", modules: 5 });

  expect(seen()).toEqual(before);
  expect(before).toMatchObject({
    counts: [1, 1, 1, 1],
    names: ["Same", "Same", "Graph", "isSame"],
    same: [true, true, true, false, true],
    plain: ["plain", "plain"],
    schemas: true,
  });
});

test("what the bridge loads later need not be there", async () => {
  const { "schemas.js": _gone, ...langgraph } = PACKAGES["@langchain/langgraph"] ?? {};
  const bridge = await write({ ...PACKAGES, "@langchain/langgraph": langgraph });

  expect(await joinModules(bridge)).toEqual({ kind: "joined", modules: 5 });
});

test("P6: the project's tsconfig has no say in it, whatever it extends", async () => {
  const bridge = await write(PACKAGES);
  const before = seen();
  await writeFile(path.join(folder, "tsconfig.json"), '{ "extends": "@tsconfig/recommended" }');

  expect(await joinModules(bridge)).toEqual({ kind: "joined", modules: 5 });

  expect(seen()).toEqual(before);
});

test("P6: what cannot be joined is said in one line", async () => {
  const { "first.js": _gone, ...langgraph } = PACKAGES["@langchain/langgraph"] ?? {};
  const bridge = await write({ ...PACKAGES, "@langchain/langgraph": langgraph });

  expect(await joinModules(bridge)).toEqual({
    kind: "apart",
    reason: expect.stringMatching(/^Could not resolve '\.\/first\.js'.*$/),
  });
});

test("what is joined already is left as it is", async () => {
  const bridge = await write(PACKAGES);
  await joinModules(bridge);
  const first = await readFile(path.join(folder, "node_modules/@langchain/langgraph/index.js"), "utf8");

  expect(await joinModules(bridge)).toEqual({ kind: "nothing_to_join" });

  expect(await readFile(path.join(folder, "node_modules/@langchain/langgraph/index.js"), "utf8")).toBe(first);
});

test("a module that uses import.meta keeps all modules as they are", async () => {
  const core = { ...PACKAGES["@langchain/core"], "messages.js": "export const here = import.meta.url;" };
  const bridge = await write({
    "@langchain/langgraph": { ...ESM, "index.js": `export * from "@langchain/core/messages";` },
    "@langchain/core": core,
  });

  expect(await joinModules(bridge)).toMatchObject({ kind: "apart", reason: expect.stringContaining("import.meta") });

  expect(await readFile(path.join(folder, "node_modules/@langchain/core/messages.js"), "utf8")).toBe(
    core["messages.js"],
  );
});
