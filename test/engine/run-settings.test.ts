/** What of a run's config and context reaches its nodes, and what LangGraph is kept from taking for its own. */
import { fileURLToPath } from "node:url";
import type { RunKwargs } from "../../functions/protocol/run.ts";
import { type Emitted, lastValues, newRun, openEngine, type TestEngine } from "./open-engine.ts";

const project = fileURLToPath(new URL("./projects/behaviors", import.meta.url));

let server: TestEngine;
beforeAll(async () => {
  server = await openEngine(project);
});
afterAll(() => server.close());

type Told = { configurable: Record<string, unknown>; context: unknown };

const tell = async (thread_id: string, kwargs: Partial<Record<keyof RunKwargs, unknown>>): Promise<Emitted> =>
  server.run({ thread_id, graph_id: "told", kwargs: { input: {}, stream_mode: ["custom", "values"], ...kwargs } });
const toldBy = ({ events }: Emitted): Told => events.find(([name]) => name === "custom")?.[1] as unknown as Told;

/** Keys that mean something to LangGraph when they stand in `configurable`. */
const reserved = (checkpoint_id: string) => ({
  checkpoint_id,
  thread_ts: checkpoint_id,
  checkpoint_ns: "tell:1",
  checkpoint_map: { "": checkpoint_id },
  thread_id: crypto.randomUUID(),
  run_id: "other",
  langgraph_auth_user: { identity: "somebody else" },
  __pregel_task_id: "other",
  __pregel_resuming: true,
  __pregel_durability: "exit",
});

/** A thread of one run, and its first checkpoint. */
async function aThread() {
  const { thread_id } = newRun();
  await tell(thread_id, {});
  const query = { limit: 10, before: undefined, metadata: undefined, checkpoint: undefined };
  const states = await server.engine.history({ thread_id, graph_id: "told", ...query });
  return { thread_id, checkpoint_id: states.at(-1)?.checkpoint_id ?? "" };
}

test("R6: keys of LangGraph's own in a context reach nodes as context alone", async () => {
  const { thread_id, checkpoint_id } = await aThread();
  const context = { ...reserved(checkpoint_id), name: "Ada" };

  const run = await tell(thread_id, { context });

  const told = toldBy(run);
  expect(told.context).toEqual(context);
  expect(told.configurable).toMatchObject({ name: "Ada", thread_id });
  expect(told.configurable).not.toHaveProperty("langgraph_auth_user");
  expect(told.configurable).not.toHaveProperty("thread_ts");
  expect(told.configurable["run_id"]).not.toBe("other");
  expect(lastValues(run)).toEqual({ log: ["told", "told"] });
});

test("R6: settings reach nodes as context, too, without what selects a checkpoint", async () => {
  const { thread_id, checkpoint_id } = await aThread();

  const run = await tell(thread_id, { config: { configurable: { name: "Ada", checkpoint_id } } });

  expect(toldBy(run).context).toEqual({ name: "Ada" });
  expect(lastValues(run)).toEqual({ log: ["told"] });
});

test("R6: keys of LangGraph's own in the config's metadata describe no other place", async () => {
  const { thread_id, checkpoint_id } = await aThread();

  const run = await tell(thread_id, { config: { metadata: { ...reserved(checkpoint_id), job: 7 } } });

  const head = await server.checkpoints.head(thread_id, "");
  expect(lastValues(run)).toEqual({ log: ["told", "told"] });
  expect(head?.metadata).toMatchObject({ job: 7, source: "loop" });
  expect(head?.metadata).not.toMatchObject({ run_id: "other" });
});
