/** The model that `store.index.embed` names: what it may be, and what is said of one that is wrong. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEmbedder } from "../../functions/engine/javascript/store/embedder.ts";
import type { JavaScriptProject } from "../../functions/engine/javascript/project/javascript-project.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "threadline-embedder-"));
  const openai = path.join(folder, "node_modules/@langchain/openai");
  mkdirSync(openai, { recursive: true });
  writeFileSync(path.join(openai, "package.json"), '{"name":"@langchain/openai","main":"index.cjs"}');
  writeFileSync(
    path.join(openai, "index.cjs"),
    `exports.OpenAIEmbeddings = class { constructor({ model }) { this.model = model; }
       async embedDocuments(texts) { return texts.map((text) => [this.model.length, text.length]); } };`,
  );
  writeFileSync(
    path.join(folder, "own.mjs"),
    `export const short = (texts) => texts.map(() => [1]);
     export const fewer = () => [];
     export const texts = (all) => all.map(() => ["a", "b"]);
     export const nothing = 5;
     export const later = Promise.resolve({ embedDocuments: async (all) => all.map(() => [1, 2]) });
     export const throws = () => { throw new Error("no key", { cause: new Error("OPENAI_API_KEY") }); };`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two numbers for each text. */
const embed = (embedName: string, own: { module?: string; symbol?: string; error?: string } = {}) => {
  const project: Pick<JavaScriptProject, "locate" | "sourceFolder" | "prepareGraphs"> = {
    locate: (relative) => path.join(folder, relative),
    sourceFolder: () => folder,
    prepareGraphs: () => Promise.resolve(),
  };
  return createEmbedder(project, { dims: 2, embed: embedName, ...own }).embed(["one", "three"]);
};
const own = (symbol: string) => embed(`./own.mjs:${symbol}`, { module: "own.mjs", symbol });

test("a provider with its model, of the project's own packages", async () => {
  expect(await embed("openai:text-embedding-3-small")).toEqual([Float32Array.of(22, 3), Float32Array.of(22, 5)]);
});

test("an Embeddings that an export gives", async () => {
  expect(await own("later")).toEqual([Float32Array.of(1, 2), Float32Array.of(1, 2)]);
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  [
    "a provider that nobody knows",
    () => embed("nope:model"),
    /"nope:model" cannot be used: the provider "nope" is not known, only openai/,
  ],
  ["a package that is not there", () => embed("cohere:x"), /@langchain\/cohere is not installed in the project/],
  ["a class that the package lacks", () => embed("azure_openai:x"), /has no AzureOpenAIEmbeddings/],
  [
    "a file that is not there",
    () => embed("./x.ts:x", { error: "There is no file ./x.ts." }),
    /There is no file \.\/x\.ts/,
  ],
  ["an export that is not there", () => own("absent"), /its export "absent" is neither a function nor an Embeddings/],
  ["an export of another kind", () => own("nothing"), /neither a function nor an Embeddings/],
  ["vectors of another length", () => own("short"), /vectors of 1 numbers, store.index.dims is 2/],
  ["too few vectors", () => own("fewer"), /no list of 2 vectors/],
  ["texts for numbers", () => own("texts"), /something else than numbers/],
  ["an error of its own", () => own("throws"), /no key.*OPENAI_API_KEY/s],
])("%s is said at its use", async (_name, use, text) => {
  await expect(use()).rejects.toThrow(text);
});
