/** `store.index.embed` of a project of Python: for its store over HTTP, for graphs of both languages, and what is said of a wrong one. */
import { fileURLToPath } from "node:url";
import type { StoreConfig } from "../../functions/protocol/manifest.ts";
import { agreedWith } from "../../functions/engine/python/process/hello.ts";
import { openChildren, type ProjectChildren } from "../../functions/engine/python/process/project-children.ts";
import { createChildEmbedder } from "../../functions/engine/python/store/embedder.ts";
import { newRun, openEngine } from "../engine/open-engine.ts";
import { interpreter } from "./python-server.ts";

const PROJECT = fileURLToPath(new URL("../fixtures/python/embedding", import.meta.url));
const TEXTS = ["two cats and a dog", "bread and soup", "sun after rain"];

let children: ProjectChildren;
beforeAll(() => {
  children = openChildren({
    python: interpreter(),
    environment: () => Promise.resolve(process.env),
    hello: { dir: PROJECT, paths: [PROJECT], graphs: {}, agreed: agreedWith("show") },
  });
});
afterAll(() => children.close());

const embed = (named: string, index: Partial<NonNullable<StoreConfig["index"]>> = {}): Promise<Float32Array[]> =>
  createChildEmbedder(children, { dims: 3, embed: named, symbol: named, ...index }).embed(["a cat", "an apple"]);

test.each(["embed", "embed_later", "model"])("a function, a coroutine, an Embeddings: %s", async (symbol) => {
  expect(await embed(`./models.py:${symbol}`)).toEqual([Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)]);
});

test("a provider with its model, through LangChain", async ({ skip }) => {
  const answer = await embed("ollama:nomic", { symbol: undefined }).catch((error: unknown) => String(error));
  if (String(answer).includes("langchain is not installed")) return skip("TEST_PYTHON has no langchain");

  expect(answer).toEqual([Float32Array.of(5, 5, 0), Float32Array.of(5, 8, 0)]);
});

test.each([
  ["./models.py:absent", /it has no "absent", only embed, embed_later/],
  ["./models.py:NOTHING", /its "NOTHING" is neither a function nor an Embeddings/],
  ["./models.py:Model", /its "Model" is neither a function nor an Embeddings/],
  ["./models.py:short", /it gave vectors of 1 numbers, store.index.dims is 3/],
  ["./models.py:fewer", /it gave no list of 2 vectors/],
  ["./models.py:no_list", /it gave no list of 2 vectors/],
  ["./models.py:words", /something else than numbers/],
  ["./models.py:not_numbers", /something else than numbers/],
  ["./models.py:no_key", /RuntimeError: no key \(models.py:\d+\)/],
  ["./nowhere.py:embed", /FileNotFoundError/],
  ["a_module.that_is_not:embed", /ModuleNotFoundError: No module named 'a_module'/],
])("%s: an error that says what is wrong with it", async (named, text) => {
  await expect(embed(named)).rejects.toThrow(`store.index.embed "${named}" cannot be used: `);
  await expect(embed(named)).rejects.toThrow(text);
});

test("a provider that nobody knows: an error that names it", async () => {
  await expect(embed("nope:model", { symbol: undefined })).rejects.toThrow(/cannot be used: .*(nope|langchain)/);
});

test("items are found by meaning: over HTTP's store, and by graphs of both languages, however they call it", async () => {
  const opened = await openEngine(PROJECT, { python: interpreter() });
  const { engine } = opened;
  try {
    const byPython = await opened.run({
      ...newRun(),
      graph_id: "memory",
      kwargs: { input: { texts: TEXTS, query: "soup" } },
    });
    const [item] = await engine.store().search({ prefix: ["texts"], query: "a bird", limit: 1, offset: 0 });

    const values = byPython.events.findLast(([name]) => name === "values")?.[1];
    expect(values).toMatchObject({ awaited: [TEXTS[1]], blocking: [TEXTS[1]], on_a_thread: [TEXTS[1]] });
    expect(item?.value).toEqual({ text: TEXTS[0] });
    const byScript = await opened.run({
      ...newRun(),
      graph_id: "typescript",
      kwargs: { input: { key: "k", text: TEXTS[0] } },
    });
    expect(byScript.events.findLast(([name]) => name === "values")?.[1]).toMatchObject({ found: ["k"] });
  } finally {
    engine.close();
    await opened.close();
  }
});
