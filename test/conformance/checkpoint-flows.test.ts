/** The same flows on LangGraph's own saver and on ours: states and histories must be equal, for every durability. */
import * as lg from "@langchain/langgraph";
import { Annotation, END, interrupt, Send, START, StateGraph } from "@langchain/langgraph";
import { type Config, listOf, onThread, openSavers, type Savers, Trail, twoNodes } from "../support/savers.ts";

let savers: Savers;
let saverOf: Savers["saverOf"];
beforeAll(async () => {
  savers = await openSavers();
  ({ saverOf } = savers);
});
afterAll(async () => {
  await savers.stop();
});

interface Flow {
  graph: (checkpointer: lg.BaseCheckpointSaver) => Runnable;
  drive: (graph: Runnable, config: Config, options: object) => Promise<void>;
}
type Runnable = Pick<ReturnType<typeof twoNodes>, "getState" | "getStateHistory" | "updateState"> & {
  invoke(input: unknown, config: object): Promise<unknown>;
};

const deltaTrail = () =>
  new lg.DeltaChannel<string[], string[]>((old, writes) => [...old, ...writes.flat()], { snapshotFrequency: 3 });

const ask = () => {
  const first = interrupt<string, string>("one?");
  const second = interrupt<string, string>("two?");
  return { trail: [first, second] };
};

const flows: Record<string, Flow> = {
  "two runs and a fork": {
    graph: (checkpointer) => twoNodes(checkpointer),
    drive: async (graph, config, options) => {
      await graph.invoke({ trail: ["in"] }, { ...config, ...options });
      await graph.updateState(config, { trail: ["edit"] }, "a");
      await graph.invoke(null, { ...config, ...options });
      await graph.invoke({ trail: ["more"] }, { ...config, ...options });
    },
  },
  "fifteen sends": {
    graph: (checkpointer) =>
      new StateGraph(Trail)
        .addNode("fan", () => ({}))
        .addNode("leaf", ({ trail }: { trail: string[] }) => ({ trail }))
        .addEdge(START, "fan")
        .addConditionalEdges("fan", () =>
          Array.from({ length: 15 }, (_, leaf) => new Send("leaf", { trail: [`leaf ${leaf}`] })),
        )
        .addEdge("leaf", END)
        .compile({ checkpointer }),
    drive: async (graph, config, options) => {
      await graph.invoke({ trail: ["in"] }, { ...config, ...options });
    },
  },
  "interrupts and resumes": {
    graph: (checkpointer) =>
      new StateGraph(Trail).addNode("ask", ask).addEdge(START, "ask").addEdge("ask", END).compile({ checkpointer }),
    drive: async (graph, config, options) => {
      await graph.invoke({ trail: ["in"] }, { ...config, ...options });
      for (const resume of ["yes", "no"]) await graph.invoke(new lg.Command({ resume }), { ...config, ...options });
    },
  },
  "a failure and a second try": {
    graph: (checkpointer) => {
      let failed = false;
      return twoNodes(checkpointer, () => {
        if (failed) return;
        failed = true;
        throw new Error("once");
      });
    },
    drive: async (graph, config, options) => {
      await graph.invoke({ trail: ["in"] }, { ...config, ...options }).catch(() => undefined);
      await graph.invoke(null, { ...config, ...options });
    },
  },
  "an interrupt in a subgraph": {
    graph: (checkpointer) => {
      const child = new StateGraph(Trail)
        .addNode("before", () => ({ trail: ["before"] }))
        .addNode("ask", ask)
        .addEdge(START, "before")
        .addEdge("before", "ask")
        .compile();
      return new StateGraph(Trail).addNode("child", child).addEdge(START, "child").compile({ checkpointer });
    },
    drive: async (graph, config, options) => {
      await graph.invoke({ trail: ["in"] }, { ...config, ...options });
      for (const resume of ["yes", "no"]) await graph.invoke(new lg.Command({ resume }), { ...config, ...options });
    },
  },
  "a delta channel": {
    graph: (checkpointer) => {
      const builder = new StateGraph(Annotation.Root({ trail: deltaTrail }))
        .addNode("a", () => ({ trail: ["a"] }))
        .addNode("b", () => ({ trail: ["b"] }))
        .addEdge(START, "a")
        .addEdge("a", "b");
      return builder.compile({ checkpointer });
    },
    drive: async (graph, config, options) => {
      for (const input of ["one", "two", "three"]) await graph.invoke({ trail: [input] }, { ...config, ...options });
    },
  },
};

/** Everything of a history but what is new in every run: ids and times. */
async function account(graph: Runnable, config: Config): Promise<unknown> {
  const history = await listOf(graph.getStateHistory(config));
  const number = new Map(
    history.map((state, index) => [state.config.configurable?.["checkpoint_id"] as unknown, index]),
  );
  return history.map(({ values, next, tasks, metadata: { source, step } = {}, parentConfig }) => ({
    values: values as unknown,
    next,
    tasks: tasks.map(({ name, error, interrupts, result }) => ({
      name,
      error: error === undefined ? undefined : (error as Error).message,
      interrupts: interrupts.map(({ value }) => value),
      result,
    })),
    source,
    step,
    parent: number.get(parentConfig?.configurable?.["checkpoint_id"]),
  }));
}

describe.each(Object.entries(flows))("%s", (_name, { graph, drive }) => {
  it.each(["sync", "async", "exit"])(
    "gives the state and history that LangGraph's own saver gives: %s",
    async (durability) => {
      const thread = onThread();
      const reference = graph(new lg.MemorySaver());
      await drive(reference, thread, { durability });
      const ours = graph(saverOf({ claim: { log_start: 1, epoch: 1 }, fresh: true }));
      await drive(ours, thread, { durability });

      const expected = await account(reference, thread);
      expect(await account(ours, thread)).toEqual(expected);
      expect(await account(graph(saverOf()), thread)).toEqual(expected);
      expect((await ours.getState(thread)).values).toEqual((await reference.getState(thread)).values);
    },
  );
});
