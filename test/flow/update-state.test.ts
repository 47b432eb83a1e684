/** A thread's state written by a client: edit, branch, mark as done; and threads that begin with a state. With the stock SDK. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post } from "../support/sse.ts";
import { asking } from "./asking.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const { wait, ask, aThread } = asking(() => client);
const UNKNOWN = "1ef00000-0000-6000-8000-000000000000";

/** A thread on which `agent` has run: topic "ice and cats", and a joke of it. */
async function told(): Promise<string> {
  const thread_id = await aThread();
  await wait(thread_id, "agent", { input: { topic: "ice" } });
  return thread_id;
}

const history = (thread_id: string) => client.threads.getHistory<Record<string, unknown>>(thread_id, { limit: 100 });
const update = (thread_id: string, body: object) => post(`${server.url}/threads/${thread_id}/state`, body);

describe("POST /threads/{id}/state", () => {
  it("writes a checkpoint as the node that it names, which thread, state and history show at once", async () => {
    const thread_id = await told();
    const before = await client.threads.getState(thread_id);

    const answer = await client.threads.updateState(thread_id, { values: { joke: "mine" }, asNode: "generate_joke" });

    const [state, thread] = [await client.threads.getState(thread_id), await client.threads.get(thread_id)];
    expect(state).toMatchObject({
      values: { topic: "ice and cats", joke: "mine" },
      next: [],
      metadata: { source: "update", graph_id: "agent" },
      checkpoint: { checkpoint_id: answer.configurable?.["checkpoint_id"] },
      parent_checkpoint: { checkpoint_id: before.checkpoint.checkpoint_id },
    });
    expect(thread).toMatchObject({ status: "idle", values: state.values, interrupts: {} });
    expect(Date.parse(thread.updated_at)).toBeGreaterThan(Date.parse(before.created_at ?? ""));
    expect((await history(thread_id))[0]).toEqual(state);
  });

  it("answers with the checkpoint, as each SDK names it", async () => {
    const thread_id = await told();

    const answer = await json(update(thread_id, { values: { joke: "mine" } }));

    const checkpoint = { thread_id, checkpoint_ns: "", checkpoint_id: expect.any(String) };
    expect(answer).toMatchObject({ checkpoint, configurable: checkpoint });
    expect(answer["checkpoint_id"]).toBe((answer["checkpoint"] as { checkpoint_id: string }).checkpoint_id);
  });

  it("sends the graph on from the node: the next run without input does the rest", async () => {
    const thread_id = await told();

    await client.threads.updateState(thread_id, { values: { topic: "snow" }, asNode: "refine_topic" });

    expect((await client.threads.getState(thread_id)).next).toEqual(["generate_joke"]);
    expect(await wait(thread_id, "agent", { input: null })).toEqual({
      topic: "snow",
      joke: "This is a joke about snow",
    });
  });

  it("forks from the checkpoint that it names, by id and by object, and leaves that one as it was", async () => {
    const thread_id = await told();
    const past = (await history(thread_id)).find(({ next }) => next[0] === "generate_joke");
    const checkpointId = past?.checkpoint.checkpoint_id ?? "";

    await client.threads.updateState(thread_id, { values: { topic: "fork" }, checkpointId });
    const [first] = await history(thread_id);
    const checkpoint = { thread_id, checkpoint_ns: "", checkpoint_id: checkpointId, checkpoint_map: {} };
    await client.threads.updateState(thread_id, { values: { topic: "fork two" }, checkpoint });

    const [second, ...others] = await history(thread_id);
    expect([first?.values, second?.values]).toEqual([{ topic: "fork" }, { topic: "fork two" }]);
    expect([first, second].map((state) => state?.parent_checkpoint?.checkpoint_id)).toEqual([
      checkpointId,
      checkpointId,
    ]);
    expect(others).toContainEqual(past);
    expect((await client.threads.get(thread_id)).values).toEqual({ topic: "fork two" });
  });

  it("marks a node as done by null values, and ends the graph by __end__", async () => {
    const [done, ended] = [await aThread(), await aThread()];
    for (const thread_id of [done, ended]) await ask(thread_id, "review");

    await update(done, { values: null, as_node: "ask" });
    await update(ended, { values: null, as_node: "__end__" });

    expect((await client.threads.getState(done)).next).toEqual(["publish"]);
    const [state, thread] = [await client.threads.getState(ended), await client.threads.get(ended)];
    expect(state).toMatchObject({ next: [], tasks: [], values: { trail: ["draft"] } });
    // Only a run changes the status (observed on the official server).
    expect(thread).toMatchObject({ status: "interrupted", interrupts: {} });
    expect(await wait(done, "review", { input: null })).toMatchObject({ trail: ["draft", "publish"] });
  });

  it("writes into a subgraph that waits, and the answer goes on from there", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "subgraph_interrupt");
    const waiting = await client.threads.getState(thread_id);
    const checkpoint_ns = String(waiting.tasks[0]?.checkpoint?.checkpoint_ns);

    const answer = await json(update(thread_id, { values: { said: ["edited"] }, checkpoint: { checkpoint_ns } }));

    expect(answer["checkpoint"]).toMatchObject({ checkpoint_ns });
    const inner = await client.threads.getState(thread_id, { thread_id, checkpoint_ns } as never);
    expect(inner.values).toEqual({ said: ["edited"] });
    expect(await client.threads.get(thread_id)).toMatchObject({ status: "interrupted", values: waiting.values });
  });

  it("is 409 while a run is on the thread, which it leaves alone, and works once that is cancelled", async () => {
    const thread_id = await aThread();
    const { run_id } = await client.runs.create(thread_id, "slow", { input: { gate: crypto.randomUUID() } });

    const refused = await update(thread_id, { values: { joke: "mine" } });
    await client.runs.cancel(thread_id, run_id, true);

    expect([refused.status, (await json(refused))["detail"]]).toEqual([409, expect.stringContaining("running a task")]);
    expect((await update(thread_id, { values: null })).status).toBe(200);
  });

  it("by twenty at once: each is applied once, none is lost", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "review");
    const names = Array.from({ length: 20 }, (_, n) => `u${n}`);

    const answers = await Promise.all(
      names.map((name) => update(thread_id, { values: { trail: [name] }, as_node: "draft" })),
    );

    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { trail } = (await client.threads.getState<{ trail: string[] }>(thread_id)).values;
    expect(trail.toSorted()).toEqual(["draft", ...names].toSorted());
  });

  it("keeps large values", async () => {
    const thread_id = await told();
    const joke = "ha".repeat(400_000);

    await client.threads.updateState(thread_id, { values: { joke }, asNode: "generate_joke" });

    expect((await client.threads.get(thread_id)).values).toMatchObject({ joke });
  });

  it.each<[string, unknown, number, RegExp]>([
    ["an unknown node", { values: {}, as_node: "nope" }, 400, /Node "?nope"? does not exist/],
    ["values of no kind", { values: 5 }, 422, /values/],
    ["a node that is no text", { values: {}, as_node: 5 }, 422, /as_node/],
    ["a checkpoint that is not there", { values: {}, checkpoint_id: UNKNOWN }, 404, /not found/],
    ["a checkpoint of the wrong type", { values: {}, checkpoint: "x" }, 422, /checkpoint/],
    ["a subgraph that is not there", { values: {}, checkpoint: { checkpoint_ns: "no:1" } }, 400, /no/],
    ["malformed JSON", "{", 422, /JSON/],
  ])("refuses %s and changes nothing", async (_name, body, status, detail) => {
    const thread_id = await told();
    const before = [await client.threads.get(thread_id), await history(thread_id)];

    const response = await post(`${server.url}/threads/${thread_id}/state`, body);

    expect([response.status, (await json(response))["detail"]]).toEqual([status, expect.stringMatching(detail)]);
    expect([await client.threads.get(thread_id), await history(thread_id)]).toEqual(before);
  });

  it("refuses a thread that is not there, one without a graph, and one whose graph is not served", async () => {
    const missing = await update(crypto.randomUUID(), { values: {} });
    const without = await update(await aThread(), { values: {} });
    const { thread_id } = await client.threads.create({ graphId: "gone" });
    const gone = await update(thread_id, { values: {} });

    expect([missing.status, without.status, gone.status]).toEqual([404, 400, 400]);
    expect((await json(without))["detail"]).toMatch(/has no graph ID: .* graph_id in its metadata/);
    expect((await json(gone))["detail"]).toMatch(/"gone"/);
  });
});

describe("POST /threads with supersteps", () => {
  const steps = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ updates: [{ values: { trail: [`s${n}`] }, asNode: "draft" }] }));

  it.each([1, 3, 50])("%i of them are the thread's history from the start", async (count) => {
    const input = { updates: [{ values: { size: 0 }, asNode: "__input__" }] };

    const thread = await client.threads.create({ graphId: "review", supersteps: [input, ...steps(count)] });

    expect(thread).toMatchObject({ status: "idle", values: { trail: steps(count).map((_, n) => `s${n}`) } });
    expect(await history(thread.thread_id)).toHaveLength(count + 1);
    expect((await client.threads.getState(thread.thread_id)).next).toEqual(["ask"]);
  });

  it.each<[string, object, number, RegExp]>([
    [
      "of no graph",
      { metadata: {}, supersteps: [{ updates: [{ values: {}, as_node: "draft" }] }] },
      400,
      /no graph ID/,
    ],
    ["of a node that is not there", { supersteps: [{ updates: [{ values: {}, as_node: "nope" }] }] }, 400, /nope/],
    ["without updates", { supersteps: [{ updates: [] }] }, 422, /supersteps/],
    ["that are no list", { supersteps: {} }, 422, /supersteps/],
  ])("%s make no thread", async (_name, body, status, detail) => {
    const thread_id = crypto.randomUUID();

    const response = await post(`${server.url}/threads`, { thread_id, metadata: { graph_id: "review" }, ...body });

    expect([response.status, (await json(response))["detail"]]).toEqual([status, expect.stringMatching(detail)]);
    expect((await fetch(`${server.url}/threads/${thread_id}`)).status).toBe(404);
  });
});
