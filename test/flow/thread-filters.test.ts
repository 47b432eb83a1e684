/** What a client of the thread-centric protocol asks to see: namespaces and depth, named channels, and where a thread's stream begins. */
import { randomUUID } from "node:crypto";
import { GOLDEN, startServer, type TestServer } from "../support/server.ts";
import { asProtocol, type Told } from "./protocol-client.ts";

let server: TestServer;
const { command, read } = asProtocol(() => server.url);
beforeAll(async () => {
  server = await startServer({ config: GOLDEN, env: { THREADLINE_STREAM_REPLAY: "all" } });
});
afterAll(() => server.stop());

const ALL = ["values", "updates", "messages", "tools", "lifecycle", "input", "checkpoints", "tasks", "custom"];
const start = async (thread_id: string, assistant_id: string, input: unknown): Promise<string> =>
  (await command(thread_id, "run.start", { assistant_id, input })).run_id;
const namespacesOf = (events: readonly Told[]): string[] => [
  ...new Set(events.map(({ params }) => params.namespace.join("|"))),
];

describe("of a graph with graphs inside", () => {
  let thread_id: string;
  let run: string;
  let events: Told[];
  beforeAll(async () => {
    thread_id = randomUUID();
    run = await start(thread_id, "subagents", { messages: [{ type: "human", content: "both" }] });
    events = await read(thread_id, { channels: ALL }).untilEnd(run);
  });
  /** Of whatever depth the filter lets through, the root's end is not among it. */
  const ask = async (filter: { namespaces: string[][]; depth?: number }): Promise<Told[]> => {
    const wanted = events.filter(({ params: { namespace } }) =>
      filter.namespaces.some(
        (prefix) =>
          prefix.every((segment, at) => namespace[at] === segment) &&
          namespace.length - prefix.length <= (filter.depth ?? Infinity),
      ),
    );
    const last = wanted.at(-1)?.seq ?? 0;
    const told = await read(thread_id, { channels: ALL, ...filter }).until(({ seq }) => seq >= last);
    expect(told).toEqual(wanted);
    return told;
  };

  test("the root alone, the root and one step below, one namespace, one with all below it, two of them", async () => {
    const inside = events.map(({ params }) => params.namespace).filter(({ length }) => length > 0);
    const [one = [], ...others] = inside.filter(({ length }) => length === 1);
    const other = others.find(([segment]) => segment !== one[0]) ?? [];
    expect(other).toHaveLength(1);

    expect(namespacesOf(await ask({ namespaces: [[]], depth: 0 }))).toEqual([""]);
    const near = namespacesOf(await ask({ namespaces: [[]], depth: 1 }));
    expect(near.length).toBeGreaterThan(1);
    expect(near.length).toBeLessThan(namespacesOf(events).length);
    expect(namespacesOf(await ask({ namespaces: [one], depth: 0 }))).toEqual([one.join("|")]);
    expect(namespacesOf(await ask({ namespaces: [one] })).every((found) => found.startsWith(one[0] ?? "-"))).toBe(true);
    expect(namespacesOf(await ask({ namespaces: [one, other], depth: 0 }))).toHaveLength(2);
  });

  test("trap 27: data with a name is in the channel of that name, and in no other named one", async () => {
    const named = events.filter(({ method, params }) => method === "custom" && params.data["name"] === "adding");
    expect(named).toHaveLength(2);
    const last = named.at(-1)?.seq ?? 0;

    const told = await read(thread_id, { channels: ["custom:adding"] }).until(({ seq }) => seq >= last);
    const others = await read(thread_id, { channels: ["custom:progress", "lifecycle"] }).untilEnd(run);

    expect(told).toEqual(named);
    expect(others.filter(({ method }) => method === "custom")).toEqual([]);
  });
});

test("4.3: with THREADLINE_STREAM_REPLAY=all a thread's stream begins with its first run, each under its own ids", async () => {
  const thread_id = randomUUID();
  const runs: string[] = [];
  for (const topic of ["a", "b"]) {
    const run = await start(thread_id, "agent", { topic });
    await read(thread_id, { channels: ["lifecycle"] }).untilEnd(run);
    runs.push(run);
  }
  const [first = "", second = ""] = runs;
  const lifecycle = { channels: ["lifecycle"], namespaces: [[]], depth: 0 };

  const told = await read(thread_id, lifecycle).untilEnd(second);

  expect(told.map(({ event_id }) => event_id)).toEqual(
    [first, second].flatMap((run) => [`synth:${run}:lc||running`, `synth:${run}:lc||completed`]),
  );
  expect(told).toEqual(await read(thread_id, { ...lifecycle, since: 0 }).untilEnd(second));
});

test("an answer may say where the graph goes on", async () => {
  const thread_id = randomUUID();
  const asks = await start(thread_id, "review", {});
  const asked = await read(thread_id, { channels: ["input", "lifecycle"] }).untilEnd(asks);
  const question = asked.find(({ method }) => method === "input.requested");
  const { interrupt_id } = question?.params.data ?? {};

  const answer = { namespace: [], interrupt_id, response: "yes", goto: "discard", update: { trail: ["told"] } };
  const { run_id } = await command(thread_id, "input.respond", answer);
  await read(thread_id, { channels: ["lifecycle"] }).untilEnd(run_id);

  const { values } = await command(thread_id, "state.get", {});
  const { trail } = values as { trail: string[] };
  expect(trail.toSorted()).toEqual(["ask", "discard", "draft", "publish", "told"]);
});
