/** R20: what of a thread can be read when its graph is not served any more: everything that is stored. */
import { fileURLToPath } from "node:url";
import { lastValues, newRun, openEngine, type TestEngine } from "./open-engine.ts";

const behaviors = fileURLToPath(new URL("./projects/behaviors", import.meta.url));
const kinds = fileURLToPath(new URL("./projects/kinds", import.meta.url));
const opened: TestEngine[] = [];
afterAll(() => Promise.all(opened.map((engine) => engine.close())));

/** The project as it was, and as it was deployed later: without any of its graphs. */
async function deployedTwice(project: string) {
  const before = await openEngine(project);
  const after = await openEngine(project, { checkpoints: before.checkpoints }, { graphs: {} });
  opened.push(before, after);
  return { before, after };
}

const history = { limit: 100, before: undefined, metadata: undefined, checkpoint: undefined };

test("R20: state and history are the same, but for tasks, and the log says so", async () => {
  const { before, after } = await deployedTwice("golden");
  const { thread_id } = newRun();
  for (const lang of ["de", "fr"])
    await before.run({ thread_id, graph_id: "agent", kwargs: { input: { topic: lang } }, metadata: { lang } });
  const query = { thread_id, graph_id: "agent", ...history };
  const withoutTasks = { tasks: [], interrupts: [] };

  const states = await before.engine.history(query);
  const earlier = {
    checkpoint_id: states[2]?.checkpoint_id ?? "",
    checkpoint_ns: undefined,
    checkpoint_map: undefined,
  };

  expect(states).toHaveLength(8);
  const stored = states.map((state) => ({ ...state, ...withoutTasks }));
  expect(await after.engine.history(query)).toEqual(stored);
  expect(await after.engine.state(query)).toEqual(stored[0]);
  expect(await after.engine.state({ ...query, checkpoint: earlier })).toEqual(stored[2]);
  expect(await after.engine.history({ ...query, checkpoint: earlier })).toEqual([stored[2]]);
  expect(await after.engine.history({ ...query, before: earlier, limit: 2 })).toEqual(stored.slice(3, 5));
  expect(await after.engine.history({ ...query, metadata: { lang: "de" } })).toEqual(stored.slice(4));
  expect(after.lines).toContainEqual({
    message: "state is shown without its graph, which langgraph.json does not name",
    fields: { thread_id, graph_id: "agent" },
  });
});

test("R20: a thread that waits shows its next nodes and its questions", async () => {
  const { before, after } = await deployedTwice(behaviors);
  const { thread_id } = newRun();
  await before.run({ thread_id, graph_id: "parallel", kwargs: { input: {} } });
  const query = { thread_id, graph_id: "parallel" };

  const [served, stored] = [await before.engine.state(query), await after.engine.state(query)];

  expect(served.interrupts.length).toBeGreaterThan(1);
  expect(stored.interrupts).toEqual(served.interrupts);
  expect(stored.next.toSorted()).toEqual(served.next.toSorted());
  const waiting = served.tasks.filter(({ interrupts }) => interrupts.length > 0);
  expect(stored.tasks.map(({ id, name }) => [id, name])).toEqual(waiting.map(({ id, name }) => [id, name]));
});

test("R20: a subgraph's checkpoints are read by their namespace", async () => {
  const { before, after } = await deployedTwice(behaviors);
  const { thread_id } = newRun();
  await before.run({ thread_id, graph_id: "nested", kwargs: { input: {} } });
  const query = { thread_id, graph_id: "nested" };
  const task = (await before.engine.state(query)).tasks[0];
  const checkpoint = { checkpoint_ns: `outer:${task?.id}`, checkpoint_id: undefined, checkpoint_map: undefined };

  const [served, stored] = [
    await before.engine.history({ ...query, ...history, checkpoint }),
    await after.engine.history({ ...query, ...history, checkpoint }),
  ];

  expect(served.length).toBeGreaterThan(0);
  expect(stored.map(({ next, checkpoint_id }) => [next, checkpoint_id])).toEqual(
    served.map(({ next, checkpoint_id }) => [next, checkpoint_id]),
  );
  expect(stored[0]?.values).toEqual(served[0]?.values);
});

test("R20: values of a thread, of a functional graph, and what of a channel with differences can be read", async () => {
  const functional = await deployedTwice(kinds);
  const delta = await deployedTwice(behaviors);
  const { thread_id } = newRun();
  const ran = await functional.before.run({ thread_id, graph_id: "functional", kwargs: { input: { said: "I am" } } });
  await delta.before.run({ thread_id, graph_id: "delta", kwargs: { input: { said: ["a"] } } });
  const head = await functional.before.checkpoints.head(thread_id, "");
  const checkpoint_id = head?.checkpoint_id ?? "";

  expect(await functional.after.engine.values(thread_id, { checkpoint_id })).toEqual(lastValues(ran));
  expect((await functional.after.engine.state({ thread_id, graph_id: undefined })).values).toEqual(lastValues(ran));
  const state = await delta.after.engine.state({ thread_id, graph_id: "delta" });
  expect(state).toMatchObject({ values: {}, metadata: { graph_id: "delta" }, created_at: expect.any(String) });
});

test("a thread that never ran has an empty state, and nothing is said", async () => {
  const { after } = await deployedTwice("golden");
  const { thread_id } = newRun();

  const state = await after.engine.state({ thread_id, graph_id: "agent" });

  expect(state).toMatchObject({ values: {}, next: [], checkpoint: { thread_id, checkpoint_id: null } });
  expect(await after.engine.history({ thread_id, graph_id: "agent", ...history })).toEqual([]);
  expect(after.lines).toEqual([]);
});

test("state and history show what is stored when the graph's reducers throw on it", async () => {
  const engine = await openEngine(behaviors);
  opened.push(engine);
  const { thread_id } = newRun();
  await engine.run({ thread_id, graph_id: "delta", kwargs: { input: { said: ["hello"] } } });
  const query = { thread_id, graph_id: "delta", ...history };
  const before = await engine.engine.history(query);

  const refuses = Symbol.for("threadline-test:refuses");
  Reflect.set(globalThis, refuses, true);
  onTestFinished(() => void Reflect.deleteProperty(globalThis, refuses));
  const states = await engine.engine.history(query);

  expect(states.map(({ checkpoint_id }) => checkpoint_id)).toEqual(before.map(({ checkpoint_id }) => checkpoint_id));
  expect(await engine.engine.state(query)).toMatchObject({ checkpoint_id: before[0]?.checkpoint_id });
  const said = { message: "state is shown without its tasks", fields: { thread_id, error: "TypeError" } };
  expect(engine.lines.filter(({ message }) => message === said.message)).toEqual([said, said]);
});
