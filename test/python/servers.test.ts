/** Servers with graphs of Python that come and go. */
import { Client } from "@langchain/langgraph-sdk";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestServer, TestServerOptions } from "../support/server.ts";
import { startPython } from "./python-server.ts";
import { aFolder, begun, open, removeFolders } from "./slow-runs.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  servers.length = 0;
  removeFolders();
});

async function started(options: TestServerOptions): Promise<TestServer> {
  const server = await startPython(options);
  servers.push(server);
  return server;
}

test("a server that watches serves what is saved by the next run, in a new process", async () => {
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
  const own = await started({ config: join(project, "langgraph.json"), watch: true });
  const its = new Client({ apiUrl: own.url, apiKey: null });
  const said = (): Promise<unknown> => its.runs.wait(null, "say", { input: {} });
  expect(await said()).toEqual({ text: "first" });

  writeFileSync(join(project, "say.py"), node("second"));

  await expect.poll(said).toEqual({ text: "second" });
});

test("a server that stops hands its run over to the next one, and one that is killed takes its Python with it", async () => {
  const [data, folder] = [aFolder(), aFolder()];
  const first = await started({ data });
  const old = new Client({ apiUrl: first.url, apiKey: null });
  const { thread_id } = await old.threads.create();
  const run = await old.runs.create(thread_id, "slow", { input: { folder } });
  await expect.poll(() => begun(folder)).toEqual(["0"]);
  const stopped = first.stop();
  open(folder, 0);
  await stopped;

  const second = await started({ data });
  const now = new Client({ apiUrl: second.url, apiKey: null });
  open(folder, 1, 2, 3, 4);
  const values = await now.runs.join(thread_id, run.run_id);

  expect(values).toMatchObject({ done: [0, 1, 2, 3, 4] });
  // A step at work that takes longer than the stop waits begins again; no other one does.
  const steps = begun(folder);
  expect(steps.filter((step, position) => step !== steps[position - 1])).toEqual(["0", "1", "2", "3", "4"]);
  expect(steps.length).toBeLessThanOrEqual(6);
  const { pid } = (await now.runs.wait(null, "pid", { input: { pid: 0 } })) as { pid: number };
  expect(isAlive(pid)).toBe(true);
  await second.kill();
  await expect.poll(() => isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
