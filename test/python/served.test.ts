/**
 * Graphs of Python under `npm start`, asked with the stock SDK: what the comparison with recordings does not show. Other files use the same
 * server at the same time: what may end its Python belongs to servers.test.ts.
 */
import { Client } from "@langchain/langgraph-sdk";
import { inject } from "vitest";
import { ERROR_CHARACTERS, WHOLE_BYTES } from "../../functions/core/json/size-limits.ts";

const client = new Client({ apiUrl: inject("pythonUrl"), apiKey: null });
const aThread = async (): Promise<string> => (await client.threads.create()).thread_id;

describe("factories", () => {
  test.each([
    ["factory", "threads.create_run for me, open: 1"],
    ["factory_of_config", "me, open: 0"],
    ["factory_of_nothing", "nothing, open: 0"],
  ])("%s makes the graph of each run", async (graph, made_by) => {
    const config = { configurable: { name: "me" } };

    const values = await client.runs.wait(null, graph, { input: { made_by: "nobody" }, config });

    expect(values).toEqual({ made_by });
  });

  test("are told when only their graph's shape is wanted", async () => {
    const drawing = await client.assistants.getGraph("factory");

    expect(drawing.nodes.map(({ id }) => id)).toEqual(["__start__", "node", "__end__"]);
  });
});

const answerTo = async (path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(inject("pythonUrl") + path);
  return { status: response.status, body: await response.json() };
};
const refused = (why: string) => ({ status: 422, body: { detail: expect.stringContaining(why) as string } });

describe("graphs that do not load", () => {
  test.each([
    ["broken", "ModuleNotFoundError: No module named 'a_package_that_is_not_there' (more/broken.py:3)"],
    ["no_graph", "it is not a graph: int"],
    ["missing", 'it has no "nothing_here", only graph_of, plain, with_config, with_runtime'],
  ])("%s says why and where; the others are served", async (graph, why) => {
    const failed = await client.runs.wait(null, graph, { input: {}, raiseError: false });

    expect(failed).toMatchObject({ __error__: { message: expect.stringContaining(`does not load: ${why}`) } });
    // 422, as 5xx is what the SDKs repeat.
    expect(await answerTo(`/assistants/${graph}/graph`)).toEqual(refused(why));
    expect(await answerTo(`/assistants/${graph}/subgraphs`)).toEqual({ status: 200, body: {} });
    expect(await answerTo(`/assistants/${graph}/schemas`)).toMatchObject({ status: 200, body: { input_schema: {} } });
    expect(await client.runs.wait(null, "agent", { input: { topic: "x" } })).toMatchObject({ topic: "x and cats" });
  });
});

test("a factory that raises fails its run, and its drawing is 422: both name the line", async () => {
  const why = "RuntimeError: this factory never makes one";

  const failed = await client.runs.wait(null, "raising_factory", { input: {}, raiseError: false });

  expect(failed).toMatchObject({ __error__: { error: "RuntimeError", message: "this factory never makes one" } });
  expect(await answerTo("/assistants/raising_factory/graph")).toEqual(refused(`${why} (more/raising.py:10)`));
});

test("a thread whose reducers throw on what is stored has a state and a history all the same", async () => {
  const thread = await aThread();
  await client.runs.wait(thread, "choosy", { input: { words: "good" } });
  const failed = await client.runs.wait(thread, "choosy", { command: { resume: "bad" }, raiseError: false });

  expect(failed).toMatchObject({ __error__: { error: "ValueError", message: "no such word" } });
  expect((await client.threads.getState(thread)).values).toEqual({ words: ["good"] });
  expect((await client.threads.getHistory(thread)).map(({ values }) => values)).toEqual([
    { words: ["good"] },
    { words: [] },
  ]);
});

describe("a thread", () => {
  test("is asked, answered, and has a state and a history as LangGraph sees them", async () => {
    const thread = await aThread();
    await client.runs.wait(thread, "hitl", { input: { some_text: "old" } });
    const asked = await client.threads.getState(thread);
    const [task] = asked.tasks;

    const values = await client.runs.wait(thread, "hitl", { command: { resume: "new" } });

    expect(asked.next).toEqual(["human_node"]);
    expect(task?.interrupts).toMatchObject([{ value: { text_to_revise: "old" } }]);
    expect(values).toEqual({ some_text: "new" });
    const history = await client.threads.getHistory(thread);
    expect(history.map(({ next, values: at }) => [next, at])).toEqual([
      [[], { some_text: "new" }],
      [["human_node"], { some_text: "old" }],
      [["__start__"], {}],
    ]);
    expect((await client.threads.get(thread)).values).toEqual(values);
  });

  test("goes on from an update, from an earlier checkpoint, and by a command", async () => {
    const thread = await aThread();
    await client.runs.wait(thread, "agent", { input: { topic: "ice" } });
    const [, before] = await client.threads.getHistory(thread);

    await client.threads.updateState(thread, {
      values: { topic: "dogs" },
      asNode: "refine_topic",
      checkpointId: before?.checkpoint.checkpoint_id ?? "",
    });
    const updated = await client.runs.wait(thread, "agent", { input: null });
    const sent = await client.runs.wait(thread, "agent", {
      command: { update: { topic: "birds" }, goto: "generate_joke" },
    });

    expect(updated).toMatchObject({ joke: "This is a joke about dogs" });
    expect(sent).toMatchObject({ joke: "This is a joke about birds" });
    await expect(client.threads.updateState(thread, { values: {}, asNode: "nobody" })).rejects.toThrow(/nobody/);
  });

  test("shows the same values from the table alone as its graph does", async () => {
    const thread = await aThread();

    await client.runs.wait(thread, "values", { input: {} });

    const { values } = await client.threads.getState(thread);
    expect((await client.threads.get(thread)).values).toEqual(values);
    expect(values).toMatchObject({ values: { date: "2026-01-02", enum: "red", point: { x: 1, y: 2.5 } } });
  });
});

describe("a node in trouble: an error that says which, and the others are served", () => {
  const whole = WHOLE_BYTES + 1;
  test.each([
    ["long_text", ERROR_CHARACTERS + 1, "ValueError", `${"x".repeat(ERROR_CHARACTERS)}…`],
    ["no_text", 0, "Unsayable", "an exception whose text cannot be made"],
    ["surrogate", 0, "ValueError", "a lone ?"],
    ["event", whole, "TooLarge", `An event "custom" has ${whole + 2} bytes, at most ${WHOLE_BYTES} are allowed`],
    ["value", whole, "TooLarge", expect.stringMatching(/"held" has \d+ bytes, at most \d+ are allowed/)],
    ["unserialisable", 0, "UnserialisableError", expect.stringMatching(/"held" cannot be stored/)],
  ])("%s", async (trouble, size, error, message) => {
    const thread = await aThread();
    const run = await client.runs.create(thread, "troubled", { input: { trouble, size }, streamMode: ["custom"] });
    const values = await client.runs.join(thread, run.run_id);

    expect(values).toMatchObject({ __error__: { error, message } });
    expect(await client.threads.get(thread)).toMatchObject({ status: "error" });
    expect(await client.runs.wait(null, "agent", { input: { topic: "x" } })).toMatchObject({ topic: "x and cats" });
  });
});

test("a project of both languages serves each graph by its own", async () => {
  const [thread, other] = [await aThread(), await aThread()];

  const ours = await client.runs.wait(thread, "typescript", { input: { topic: "x" } });
  const theirs = await client.runs.wait(other, "agent", { input: { topic: "x" } });

  expect(ours).toEqual(theirs);
  expect((await client.threads.getState(thread)).values).toEqual((await client.threads.getState(other)).values);
  expect((await client.threads.getHistory(thread)).map(({ next }) => next)).toEqual(
    (await client.threads.getHistory(other)).map(({ next }) => next),
  );
});

test("context and store: the context is the graph's own, items are seen by the API", async () => {
  const values = await client.runs.wait(null, "remember", {
    input: { fact: "sky is blue" },
    context: { user: "ann", unknown: 1 },
  });

  expect(values).toMatchObject({ known: ["sky is blue"] });
  const { items } = await client.store.searchItems(["facts", "ann"]);
  expect(items.map(({ value }) => value)).toEqual([{ fact: "sky is blue" }]);
});

test("a graph keeps a text alone in the store, as in LangGraph's own", async () => {
  const values = await client.runs.wait(null, "text", { input: { fact: "no object" } });

  expect(values).toMatchObject({ known: ["no object"] });
  expect(await client.store.getItem(["texts"], "the")).toMatchObject({ value: "no object" });
});

test("schemas and sample input are those of the graph", async () => {
  const schemas = await client.assistants.getSchemas("tool_agent");
  const subgraphs = await client.assistants.getSubgraphs("parent");

  expect(schemas.input_schema).toMatchObject({ properties: { messages: {} } });
  expect(Object.keys(subgraphs)).toEqual(["node_2"]);
});

test("three graphs that ask at once are listed in the order of their tasks, and answered by their ids", async () => {
  const thread = await aThread();

  const asked = await client.runs.wait(thread, "ask_three", { input: {} });

  const { __interrupt__: waiting } = asked as { __interrupt__: { id: string; value: string }[] };
  const questions = ["question 1", "question 2", "question 3"];
  expect(waiting.map(({ value }) => value)).toEqual(questions);
  const state = await client.threads.getState(thread);
  expect(state.tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value))).toEqual(questions);
  const resume = Object.fromEntries(waiting.map(({ id, value }) => [id, `answer to ${value}`]));
  const values = await client.runs.wait(thread, "ask_three", { command: { resume } });
  expect(values).toEqual({ answers: [1, 2, 3].map((number) => `${number}: answer to question ${number}`) });
});

test("a graph asks its own server: by the SDK without a URL, by its port, and from a node that blocks meanwhile", async () => {
  const values = await client.runs.wait(null, "own_server", { input: { by_sdk: null } });

  const joke = { topic: "ice and cats", joke: "This is a joke about ice and cats" };
  expect(values).toEqual({ by_sdk: joke, on_a_thread: joke, blocking: joke });
});
