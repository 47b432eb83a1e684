/** The checkpointer under graphs: forks, copies, crashed runs, and how many requests a run takes. */
import { randomBytes, randomUUID } from "node:crypto";
import type * as lg from "@langchain/langgraph";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { listOf, onThread, openSavers, type Savers, Trail, twoNodes } from "../support/savers.ts";

let savers: Savers;
let saverOf: Savers["saverOf"];
beforeAll(async () => {
  savers = await openSavers();
  ({ saverOf } = savers);
});
afterAll(async () => {
  await savers.stop();
});
beforeEach(() => {
  savers.calls.length = 0;
});

describe("requests", () => {
  it("of a two-node run on a new thread: no read, one put for each step, one update for each task", async () => {
    const graph = twoNodes(saverOf({ claim: { log_start: 1, epoch: 1 }, fresh: true }));
    const config = onThread();
    await graph.invoke({ trail: ["in"] }, config);
    const running = savers.calls.splice(0);
    const state = await graph.getState(config);

    expect(running.filter((name) => name === "PutCommand")).toHaveLength(4);
    expect(running.filter((name) => name === "UpdateCommand")).toHaveLength(3);
    expect(running).toHaveLength(7);
    expect(state.values).toEqual({ trail: ["in", "a", "b"] });
    expect(savers.calls).toEqual([]);
  });

  it("of a second run on the thread: head, closed claims and writes once, then no read", async () => {
    const config = onThread();
    await twoNodes(saverOf({ claim: { log_start: 1, epoch: 1 }, fresh: true })).invoke({ trail: ["in"] }, config);
    await savers.store.close(config.configurable.thread_id, {
      claim: { log_start: 1, epoch: 1 },
      after: "~",
      by: 1,
    });
    savers.calls.length = 0;
    await twoNodes(saverOf({ claim: { log_start: 9, epoch: 1 } })).invoke({ trail: ["again"] }, config);

    expect(savers.calls.filter((name) => name === "QueryCommand")).toHaveLength(3);
    expect((await twoNodes(saverOf()).getState(config)).values).toEqual({ trail: ["in", "a", "b", "again", "a", "b"] });
  });

  it("large unchanged values are written once in a run", async () => {
    const State = Annotation.Root({ big: Annotation<string>, trail: Trail.spec.trail });
    const graph = new StateGraph(State)
      .addNode("a", () => ({ trail: ["a"] }))
      .addNode("b", () => ({ trail: ["b"] }))
      .addEdge(START, "a")
      .addEdge("a", "b")
      .addEdge("b", END)
      .compile({ checkpointer: saverOf({ claim: { log_start: 1, epoch: 1 }, fresh: true }) });
    const big = randomBytes(150_000).toString("hex");
    const config = onThread();
    await graph.invoke({ big, trail: ["in"] }, config);
    const puts = savers.calls.filter((name) => name === "PutCommand");

    expect((await twoNodesWithBig(saverOf()).getState(config)).values).toEqual({ big, trail: ["in", "a", "b"] });
    // Four heads; the value as input, and as channel.
    expect(puts).toHaveLength(6);
  });
});

const twoNodesWithBig = (checkpointer: lg.BaseCheckpointSaver) =>
  new StateGraph(Annotation.Root({ big: Annotation<string>, trail: Trail.spec.trail }))
    .addNode("a", () => ({}))
    .addNode("b", () => ({}))
    .addEdge(START, "a")
    .addEdge("a", "b")
    .compile({ checkpointer });

describe("graphs", () => {
  it("forks from an old checkpoint keep a value each", async () => {
    const graph = twoNodes(saverOf());
    const config = onThread();
    await graph.invoke({ trail: ["in"] }, config);
    const history = await listOf(graph.getStateHistory(config));
    const old = history.find(({ next }) => next[0] === "a");
    if (!old) throw new Error("no checkpoint before node a");
    const forks = [
      await graph.updateState(old.config, { trail: ["FORK1"] }),
      await graph.updateState(old.config, { trail: ["FORK2"] }),
    ];

    const values = await Promise.all(forks.map(async (fork) => (await graph.getState(fork)).values as unknown));
    expect(values).toEqual([{ trail: ["in", "FORK1"] }, { trail: ["in", "FORK2"] }]);
    expect((await graph.getState(old.config)).values).toEqual({ trail: ["in"] });
    expect((await graph.getState(history[0]?.config ?? config)).values).toEqual({ trail: ["in", "a", "b"] });
  });

  it("__copy__ keeps the values of the copied step", async () => {
    const graph = twoNodes(saverOf());
    const config = onThread();
    await graph.invoke({ trail: ["in"] }, config);
    const source = (await listOf(graph.getStateHistory(config))).find(({ next }) => next[0] === "b");
    if (!source) throw new Error("no checkpoint before node b");

    const copy = await graph.updateState(source.config, null, "__copy__");

    const state = await graph.getState(copy);
    expect(state.values).toEqual({ trail: ["in", "a"] });
    expect(state.metadata?.source).toBe("fork");
  });

  it("a redelivered run goes on where it stopped: only the node that crashed runs again", async () => {
    const config = { ...onThread(), metadata: { run_id: randomUUID() } };
    let crashed = false;
    const crash = () => {
      if (!crashed) {
        crashed = true;
        throw new Error("killed");
      }
    };
    const first = twoNodes(saverOf({ claim: { log_start: 1, epoch: 1 }, fresh: true }), crash);
    await expect(first.invoke({ trail: ["in"] }, config)).rejects.toThrow("killed");

    const second = twoNodes(saverOf({ claim: { log_start: 1, epoch: 2 } }), crash);
    expect(await second.invoke({ trail: ["in"] }, config)).toEqual({ trail: ["in", "a", "b"] });
    const [newest] = await listOf(second.getStateHistory(config, { limit: 1 }));
    expect(newest?.metadata).toMatchObject({ source: "loop", step: 2, run_id: config.metadata.run_id });
  });

  it("metadata holds what the run was started with, but no address of a checkpoint and no wiring", async () => {
    const graph = twoNodes(saverOf());
    const config = onThread();
    const run = { configurable: { ...config.configurable, user: "u", fn: () => 1 }, metadata: { run_id: "r" } };
    await graph.invoke({ trail: ["in"] }, run);

    const state = await graph.getState(config);
    expect(state.metadata).toMatchObject({ source: "loop", step: 2, user: "u", run_id: "r" });
    expect(
      Object.keys(state.metadata ?? {}).filter((key) => key.startsWith("__") || /^(fn|checkpoint)/.test(key)),
    ).toEqual([]);
  });

  it("a copied thread goes on by itself", async () => {
    const config = onThread();
    const other = onThread();
    await twoNodes(saverOf({ claim: { log_start: 1, epoch: 1 } })).invoke({ trail: ["in"] }, config);

    await savers.store.copy(config.configurable.thread_id, other.configurable.thread_id);
    await twoNodes(saverOf({ claim: { log_start: 1, epoch: 1 } })).invoke({ trail: ["more"] }, other);

    const graph = twoNodes(saverOf());
    expect((await graph.getState(config)).values).toEqual({ trail: ["in", "a", "b"] });
    expect((await graph.getState(other)).values).toEqual({ trail: ["in", "a", "b", "more", "a", "b"] });
    expect(await listOf(graph.getStateHistory(other))).toHaveLength(8);
  });

  it("rolled back, a thread is what it was before the run", async () => {
    const config = onThread();
    await twoNodes(saverOf({ claim: { log_start: 1, epoch: 1 } })).invoke({ trail: ["in"] }, config);
    const before = (await twoNodes(saverOf()).getState(config)).config;
    await twoNodes(saverOf({ claim: { log_start: 5, epoch: 1 } })).invoke({ trail: ["gone"] }, config);

    await savers.store.remove(config.configurable.thread_id, 5);

    const state = await twoNodes(saverOf()).getState(config);
    expect(state.config).toEqual(before);
    expect(state.values).toEqual({ trail: ["in", "a", "b"] });
  });
});
