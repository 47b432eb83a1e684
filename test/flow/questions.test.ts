/** Runs that ask more than once: side by side, in a subgraph, and one node again and again. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { asking, type Asked } from "./asking.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const { wait, ask, statusesOf, aThread } = asking(() => client);

describe("several interrupts", () => {
  it("of nodes side by side are answered by a map of ids, at once", async () => {
    const thread_id = await aThread();
    const { __interrupt__: asked } = await ask(thread_id, "parallel_interrupts");
    const resume = Object.fromEntries(asked.map(({ id, value }) => [id, `answer ${String(value)}`]));

    const values = await wait(thread_id, "parallel_interrupts", { command: { resume } });

    expect(asked.map(({ value }) => value)).toEqual(["one", "two"]);
    expect(values).toEqual({ said: ["free", "one: answer one", "two: answer two", "last"] });
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
  });

  it("or one after the other: the thread waits for the rest", async () => {
    const thread_id = await aThread();
    const { __interrupt__: asked } = await ask(thread_id, "parallel_interrupts");
    const [one, two] = asked;

    const half = (await wait(thread_id, "parallel_interrupts", {
      command: { resume: { [two?.id ?? ""]: "second" } },
    })) as unknown as Asked;
    const statuses = await statusesOf(thread_id);
    const { interrupts } = await client.threads.get(thread_id);
    const values = await wait(thread_id, "parallel_interrupts", { command: { resume: { [one?.id ?? ""]: "first" } } });

    expect(half.__interrupt__).toEqual([one]);
    expect(statuses).toEqual({ thread: "interrupted", run: "success" });
    expect(Object.values(interrupts)).toEqual([[one]]);
    expect(values).toEqual({ said: ["free", "one: first", "two: second", "last"] });
  });

  it("in a subgraph: asked once, shown in the subgraph's state, answered through its parent", async () => {
    const thread_id = await aThread();

    const { __interrupt__: asked } = await ask(thread_id, "subgraph_interrupt");
    const state = await client.threads.getState<{ said: string[] }>(thread_id, undefined, { subgraphs: true });
    const values = await wait(thread_id, "subgraph_interrupt", { command: { resume: "!" } });

    expect(asked.map(({ value }) => value)).toEqual(["inner?"]);
    expect(state.tasks).toMatchObject([{ name: "outer", interrupts: asked, state: { next: ["inner"] } }]);
    expect(values).toEqual({ said: ["before", "inner: !", "last"] });
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
  });
});

describe("a node that was answered and asks again", () => {
  it("R1: is waited for like any other, wherever one looks, until it has what it wants", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "ask_again");

    const again = (await wait(thread_id, "ask_again", { command: { resume: "x" } })) as unknown as Asked;
    const [thread, state] = [await client.threads.get(thread_id), await client.threads.getState(thread_id)];
    const [run] = await client.runs.list(thread_id);
    const joined = await client.runs.join(thread_id, run?.run_id ?? "");

    const [question] = again.__interrupt__;
    expect(again).toEqual({ log: [], __interrupt__: [{ id: expect.any(String), value: "number? (1)" }] });
    expect(joined).toEqual(again);
    expect(await statusesOf(thread_id)).toEqual({ thread: "interrupted", run: "success" });
    expect(Object.values(thread.interrupts)).toEqual([[question]]);
    expect(state).toMatchObject({ next: ["ask"], interrupts: [question], tasks: [{ interrupts: [question] }] });

    expect(await wait(thread_id, "ask_again", { command: { resume: "y" } })).toMatchObject({
      __interrupt__: [{ value: "number? (2)" }],
    });
    expect(await wait(thread_id, "ask_again", { command: { resume: 5 } })).toEqual({ log: [["x", "y", 5]] });
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
  });

  it("R1: says so in its stream: one values event with the new question, the last of the run", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "ask_again");

    const events: { event: string; data: unknown }[] = [];
    const resumed = { command: { resume: "x" }, streamMode: ["values" as const, "updates" as const] };
    for await (const { event, data } of client.runs.stream(thread_id, "ask_again", resumed))
      events.push({ event, data });

    const question = { id: expect.any(String) as string, value: "number? (1)" };
    expect(events.slice(-2)).toEqual([
      { event: "updates", data: { __interrupt__: [question] } },
      { event: "values", data: { log: [], __interrupt__: [question] } },
    ]);
  });
});
