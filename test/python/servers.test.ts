/** Servers with graphs of Python that come and go. */
import { Client } from "@langchain/langgraph-sdk";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { isAlive } from "../support/descendants.ts";
import type { TestServer } from "../support/server.ts";
import { startPython } from "./python-server.ts";
import { aFolder, begun, open, removeFolders } from "./slow-runs.ts";

afterEach(removeFolders);

test("a server that watches serves what is saved by the next run, in a new process", async () => {
  const project = aFolder();
  const node = (text: string): string => `
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    text: str

def say(_):
    print("I say ${text}")
    return {"text": "${text}"}

graph = StateGraph(State).add_node("say", say).add_edge(START, "say").compile()
`;
  writeFileSync(join(project, "langgraph.json"), JSON.stringify({ graphs: { say: "./say.py:graph" } }));
  writeFileSync(join(project, "say.py"), node("first"));
  const own = await startPython({ config: join(project, "langgraph.json"), watch: true });
  onTestFinished(() => own.kill());
  const its = new Client({ apiUrl: own.url, apiKey: null });
  const said = (): Promise<unknown> => its.runs.wait(null, "say", { input: {} });
  expect(await said()).toEqual({ text: "first" });
  await expect.poll(() => own.output()).toMatch(/^I say first$/m);

  writeFileSync(join(project, "say.py"), node("second"));

  await expect.poll(said).toEqual({ text: "second" });
});

describe("a server, and the next one on its data", () => {
  let data: string;
  let server: TestServer;
  let client: Client;
  const start = async (): Promise<void> => {
    server = await startPython({ data });
    client = new Client({ apiUrl: server.url, apiKey: null });
  };
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "threadline-servers-"));
    await start();
  });
  afterAll(async () => {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  });

  test("a cancelled run stops in its node, and the next one begins", async () => {
    const [thread, folder] = [(await client.threads.create()).thread_id, aFolder()];
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

  test("stops: its run is handed over, and no step that was done begins again", async () => {
    const folder = aFolder();
    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, "slow", { input: { folder } });
    await expect.poll(() => begun(folder)).toEqual(["0"]);
    const stopped = server.stop();
    open(folder, 0);
    await stopped;

    await start();
    open(folder, 1, 2, 3, 4);
    const values = await client.runs.join(thread_id, run.run_id);

    expect(values).toMatchObject({ done: [0, 1, 2, 3, 4] });
    // A step at work that takes longer than the stop waits begins again.
    const steps = begun(folder);
    expect(steps.filter((step, position) => step !== steps[position - 1])).toEqual(["0", "1", "2", "3", "4"]);
    expect(steps.length).toBeLessThanOrEqual(6);
  });

  test("is killed: its Python goes with it", async () => {
    const { pid } = (await client.runs.wait(null, "pid", { input: { pid: 0 } })) as { pid: number };
    expect(isAlive(pid)).toBe(true);

    await server.kill();

    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});
