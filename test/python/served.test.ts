/** Graphs of Python under `npm start`, asked with the stock SDK: what the comparison with recordings does not show. */
import { Client } from "@langchain/langgraph-sdk";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestServer } from "../support/server.ts";
import { startPython } from "./python-server.ts";

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startPython();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const aThread = async (): Promise<string> => (await client.threads.create()).thread_id;
let folders: string[] = [];
afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
});
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "threadline-served-"));
  folders.push(folder);
  return folder;
}
const begun = (folder: string): string[] => readFileSync(join(folder, "begun"), "utf8").trim().split("\n");
const open = (folder: string, ...steps: number[]): void =>
  steps.forEach((step) => writeFileSync(join(folder, `open-${step}`), ""));

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

describe("graphs that do not load", () => {
  test.each([
    ["broken", "ModuleNotFoundError: No module named 'a_package_that_is_not_there' (more/broken.py:3)"],
    ["no_graph", "it is not a graph: int"],
    ["missing", 'it has no "nothing_here", only graph_of, plain, with_config, with_runtime'],
  ])("%s says why and where; the others are served", async (graph, why) => {
    const failed = await client.runs.wait(null, graph, { input: {}, raiseError: false });

    expect(failed).toMatchObject({ __error__: { message: expect.stringContaining(`does not load: ${why}`) } });
    expect(await client.runs.wait(null, "agent", { input: { topic: "x" } })).toMatchObject({ topic: "x and cats" });
  });
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

test("schemas and sample input are those of the graph", async () => {
  const schemas = await client.assistants.getSchemas("tool_agent");
  const subgraphs = await client.assistants.getSubgraphs("parent");

  expect(schemas.input_schema).toMatchObject({ properties: { messages: {} } });
  expect(Object.keys(subgraphs)).toEqual(["node_2"]);
});

test("a cancelled run stops in its node, and the next one begins", async () => {
  const [thread, folder] = [await aThread(), aFolder()];
  const run = await client.runs.create(thread, "slow", { input: { folder } });
  await expect.poll(() => begun(folder)).toEqual(["0"]);

  await client.runs.cancel(thread, run.run_id, true);

  expect(await client.runs.get(thread, run.run_id)).toMatchObject({ status: "interrupted" });
  expect(await client.threads.get(thread)).toMatchObject({ status: "interrupted" });
  open(folder, 0, 1, 2, 3, 4);
  expect(await client.runs.wait(thread, "slow", { input: null })).toMatchObject({ done: [0, 1, 2, 3, 4] });
});

test("a process that a node kills is replaced: the run goes on from its checkpoint, others are served", async () => {
  const folder = aFolder();

  const values = await client.runs.wait(null, "crash", { input: { folder } });

  expect(values).toMatchObject({ text: "before, after" });
  expect(begun(folder)).toEqual(["before"]);
  expect(await client.runs.wait(null, "agent", { input: { topic: "x" } })).toMatchObject({ topic: "x and cats" });
});

describe("a server", () => {
  test("that watches serves what is saved by the next run, in a new process", async () => {
    const project = aFolder();
    const node = (text: string): string => `
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    text: str

graph = StateGraph(State).add_node("say", lambda _: {"text": "${text}"}).add_edge(START, "say").compile()
`;
    writeFileSync(join(project, "langgraph.json"), JSON.stringify({ graphs: { say: "./say.py:graph" } }));
    writeFileSync(join(project, "say.py"), node("first"));
    const own = await startPython({ config: join(project, "langgraph.json"), watch: true });
    const its = new Client({ apiUrl: own.url, apiKey: null });
    const said = (): Promise<unknown> => its.runs.wait(null, "say", { input: {} });
    expect(await said()).toEqual({ text: "first" });

    writeFileSync(join(project, "say.py"), node("second"));

    await expect.poll(said).toEqual({ text: "second" });
    await own.stop();
  });

  test("that stops hands its run over to the next one", async () => {
    const [data, folder] = [aFolder(), aFolder()];
    const first = await startPython({ data });
    const old = new Client({ apiUrl: first.url, apiKey: null });
    const { thread_id } = await old.threads.create();
    const run = await old.runs.create(thread_id, "slow", { input: { folder } });
    await expect.poll(() => begun(folder)).toEqual(["0"]);
    const stopped = first.stop();
    open(folder, 0);
    await stopped;

    const second = await startPython({ data });
    const now = new Client({ apiUrl: second.url, apiKey: null });
    open(folder, 1, 2, 3, 4);
    const values = await now.runs.join(thread_id, run.run_id);
    await second.stop();

    expect(values).toMatchObject({ done: [0, 1, 2, 3, 4] });
    expect(begun(folder)).toEqual(["0", "1", "2", "3", "4"]);
  });

  test("that is killed takes its Python with it", async () => {
    const own = await startPython();
    const its = new Client({ apiUrl: own.url, apiKey: null });
    const { thread_id } = await its.threads.create();
    await its.runs.wait(thread_id, "pid", { input: { pid: 0 } });
    const { values } = await its.threads.get(thread_id);
    const { pid } = values as { pid: number };
    expect(isAlive(pid)).toBe(true);

    await own.kill();

    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
