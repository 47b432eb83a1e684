/** Checkpoints while the wall clock is set, of which LangGraph makes their ids: the newest stays the one that was put last. */
import { Annotation, Command, END, interrupt, START, StateGraph } from "@langchain/langgraph";
import { listOf, onThread, openSavers, type Savers, Trail, twoNodes } from "../support/savers.ts";

let savers: Savers;
beforeAll(async () => {
  savers = await openSavers();
});
afterAll(() => savers.stop());
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const set = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
const STEPS = [-3_600_000, -8_000, 3_600_000];

/** What the rows say of the thread when the next run is claimed. */
const newestOn = async (thread_id: string) => {
  const head = await savers.store.head(thread_id, "");
  return head ? { newest: head.checkpoint_id } : { fresh: true };
};
/** The saver of one run, as a process of its own has it. */
const saverOf = async (thread_id: string, log_start: number) =>
  savers.saverOf({ claim: { log_start, epoch: 1 }, ...(await newestOn(thread_id)) });
const stateOf = async (config: ReturnType<typeof onThread>) =>
  (await savers.saverOf().getTuple(config))?.checkpoint.channel_values["trail"];
/** Children after their parents. */
async function expectInOrder(config: ReturnType<typeof onThread>): Promise<void> {
  const tuples = await listOf(savers.saverOf().list(config));
  const ids = tuples.map((tuple) => tuple.config.configurable?.["checkpoint_id"] as string);
  const parents = tuples.map((tuple) => tuple.parentConfig?.configurable?.["checkpoint_id"] as string | undefined);

  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(ids.toSorted().toReversed());
  expect(parents).toEqual([...ids.slice(1), undefined]);
}

describe.each(STEPS)("E1: the wall clock is set by %d ms", (ms) => {
  test("between two turns: the second goes on from the first, and the third from both", async () => {
    const config = onThread();
    const { thread_id } = config.configurable;

    await twoNodes(await saverOf(thread_id, 1)).invoke({ trail: ["1"] }, config);
    set(ms);
    await twoNodes(await saverOf(thread_id, 10)).invoke({ trail: ["2"] }, config);
    const afterTwo = await stateOf(config);
    set(-ms);
    await twoNodes(await saverOf(thread_id, 20)).invoke({ trail: ["3"] }, config);

    expect(afterTwo).toEqual(["1", "a", "b", "2", "a", "b"]);
    expect(await stateOf(config)).toEqual(["1", "a", "b", "2", "a", "b", "3", "a", "b"]);
    await expectInOrder(config);
  });

  test("in the middle of a run: what comes after it counts", async () => {
    const config = onThread();
    const { thread_id } = config.configurable;

    await twoNodes(await saverOf(thread_id, 1), () => set(ms)).invoke({ trail: ["1"] }, config);
    await twoNodes(await saverOf(thread_id, 10)).invoke({ trail: ["2"] }, config);

    expect(await stateOf(config)).toEqual(["1", "a", "b", "2", "a", "b"]);
    await expectInOrder(config);
  });

  test("before a run stops to ask: another process answers, and finished tasks do not run again", async () => {
    const config = onThread();
    const { thread_id } = config.configurable;
    let besides = 0;
    const asking = async (log_start: number) =>
      new StateGraph(Trail)
        .addNode("before", () => {
          set(ms);
          return { trail: ["before"] };
        })
        .addNode("ask", () => ({ trail: [interrupt<string, string>("who?")] }))
        .addNode("beside", () => ({ trail: [`beside ${++besides}`] }))
        .addEdge(START, "before")
        .addEdge("before", "ask")
        .addEdge("before", "beside")
        .addEdge("ask", END)
        .compile({ checkpointer: await saverOf(thread_id, log_start) });

    await (await asking(1)).invoke({ trail: ["1"] }, config);
    const asked = await (await asking(5)).getState(config);
    await (await asking(10)).invoke(new Command({ resume: "me" }), config);

    expect(asked.tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value as unknown))).toEqual(["who?"]);
    expect(await stateOf(config)).toEqual(["1", "before", "me", "beside 1"]);
    await expectInOrder(config);
  });

  test("inside a graph that remembers between runs: so does it", async () => {
    const config = onThread();
    const { thread_id } = config.configurable;
    const Count = Annotation.Root({
      count: Annotation<number>({ reducer: (old, more) => old + more, default: () => 0 }),
    });
    const counting = async (log_start: number) => {
      const inner = new StateGraph(Count)
        .addNode("add", () => ({ count: 1 }))
        .addEdge(START, "add")
        .compile({ checkpointer: true });
      return new StateGraph(Trail)
        .addNode("inner", async (_state, options) => {
          const { count } = await inner.invoke({ count: 0 }, options);
          return { trail: [String(count)] };
        })
        .addEdge(START, "inner")
        .compile({ checkpointer: await saverOf(thread_id, log_start) });
    };

    await (await counting(1)).invoke({ trail: [] }, config);
    set(ms);
    await (await counting(10)).invoke({ trail: [] }, config);
    await (await counting(20)).invoke({ trail: [] }, config);

    expect(await stateOf(config)).toEqual(["1", "2", "3"]);
  });
});

test("E1: ids are LangGraph's own while the clock runs on", async () => {
  const config = onThread();
  const { thread_id } = config.configurable;

  await twoNodes(await saverOf(thread_id, 1)).invoke({ trail: ["1"] }, config);
  set(10);
  await twoNodes(await saverOf(thread_id, 10)).invoke({ trail: ["2"] }, config);
  const tuples = await listOf(savers.saverOf().list(config));

  expect(tuples.map(({ checkpoint }) => checkpoint.id)).toEqual(
    tuples.map((tuple) => tuple.config.configurable?.["checkpoint_id"]),
  );
});
