/**
 * Graphs of Python by other versions of LangGraph, each in an environment of its own. CI tries the oldest, one in the middle and one of the
 * newest; TEST_PYTHON_VERSIONS=all tries one of each line.
 */
import { fileURLToPath } from "node:url";
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import type { Manifest } from "../../functions/protocol/manifest.ts";
import { lastValues, newRun, openEngine, type TestEngine } from "../engine/open-engine.ts";
import { installLangGraph } from "./install-python.ts";

const PROJECT = fileURLToPath(new URL("../fixtures/python/versions", import.meta.url));
const IN_CI = ["0.2.74", "0.6.11", "1.2.24"];
const ALL = ["0.2.74", "0.3.34", "0.4.10", "0.5.4", "0.6.11", "1.0.5", "1.1.10", "1.2.24"];
const VERSIONS = process.env["TEST_PYTHON_VERSIONS"] === "all" ? ALL : IN_CI;

const MODES = ["values", "updates", "messages-tuple", "custom", "debug", "tasks", "checkpoints", "events"];
/** Which of them a version lacks. */
const LACKS: Record<string, string[]> = {
  "0.2.74": ["tasks", "checkpoints"],
  "0.3.34": ["tasks", "checkpoints"],
  "0.4.10": ["tasks", "checkpoints"],
};
const LOG = ["speak", "part 1", "part 2", "left, 2 parts", "rest"];
const EVERYTHING = { limit: 100, before: undefined, metadata: undefined, checkpoint: undefined };

/** As packaging records it, where it has loaded the graph. */
const recorded = ({ graphs }: Manifest): Partial<Manifest> => ({
  graphs: Object.fromEntries(Object.entries(graphs).map(([id, entry]) => [id, { ...entry, topology: "recorded" }])),
});

/** Heads as they are where the graph is asked. */
const withoutOutlines = (store: CheckpointStore): CheckpointStore => ({
  ...store,
  head: async (...args) => withoutOutline(await store.head(...args)),
  async *heads(...args) {
    for await (const head of store.heads(...args)) yield withoutOutline(head);
  },
});

function withoutOutline<T extends { outline?: unknown } | undefined>(head: T): T {
  return head && { ...head, outline: undefined };
}

const objectWith = (fields: object): unknown => expect.objectContaining(fields);
const input = { messages: [{ role: "user", content: "Shall we?", id: "asked" }] };

describe.each(VERSIONS)("LangGraph %s", (version) => {
  let opened: TestEngine;
  let byGraph: TestEngine;
  const { thread_id } = newRun();
  const thread = { thread_id, graph_id: "journey" };
  beforeAll(async () => {
    const python = await installLangGraph(version, ...(version === IN_CI.at(-1) ? ["numpy"] : []));
    if (python === undefined) throw new Error("there is no python3 on PATH");
    opened = await openEngine(PROJECT, { python }, recorded);
    byGraph = await openEngine(PROJECT, { python, checkpoints: withoutOutlines(opened.checkpoints) }, recorded);
  });
  afterAll(async () => {
    for (const one of [opened, byGraph]) {
      one.engine.close();
      await one.close();
    }
  });

  test("streams in every mode it knows, sends, and asks in a subgraph", async () => {
    const { outcome, events } = await opened.run({
      ...thread,
      kwargs: { input, stream_mode: MODES, subgraphs: true },
    });

    expect(outcome).toMatchObject({ kind: "paused" });
    const lacks = LACKS[version] ?? [];
    const known = MODES.map((mode) => (mode === "messages-tuple" ? "messages" : mode));
    const names = new Set(events.map(([name]) => name.split("|")[0] ?? "").filter((name) => known.includes(name)));
    expect(names).toEqual(new Set(known.filter((name) => !lacks.includes(name))));
    const dropped = events.flatMap(([name, data]) => (name === "metadata" ? [data] : []));
    expect(dropped).toEqual([{ unsupported_stream_modes: lacks }].filter(() => lacks.length > 0).map(objectWith));
    const tokens = events.flatMap(([name, data]) => (name === "messages" ? [(data as { content: string }[])[0]] : []));
    expect(tokens.map((token) => token?.content).join("")).toBe("Off we go");
  });

  test("state and history are what the graph says, with outlines or without", async () => {
    const [state, history] = [
      await opened.engine.state(thread),
      await opened.engine.history({ ...thread, ...EVERYTHING }),
    ];

    expect(state.next).toEqual(["visit"]);
    expect(state.tasks.flatMap(({ interrupts }) => interrupts)).toMatchObject([{ value: { question: "which way?" } }]);
    expect(history.map(({ next }) => next.join("+"))).toEqual(["visit", "work+work", "speak", "__start__"]);
    expect(await byGraph.engine.state(thread)).toEqual(state);
    expect(await byGraph.engine.history({ ...thread, ...EVERYTHING })).toEqual(history);
  });

  test("is answered, reads what it has put into the store, and ends", async () => {
    const claim = { log_start: 11, epoch: 1 };
    const { outcome, events } = await opened.run({ ...thread, claim, kwargs: { command: { resume: "left" } } });

    expect(outcome).toMatchObject({ kind: "completed" });
    expect(lastValues({ events })).toMatchObject({ log: LOG });
    expect(await byGraph.engine.state(thread)).toEqual(await opened.engine.state(thread));
  });

  test("an update of the state", async () => {
    const updates = [{ values: { log: ["updated"] }, as_node: "rest", command: undefined }];
    const claim = { log_start: 21, epoch: 1 };
    const request = { ...thread, checkpoint: undefined, supersteps: [{ updates }], claim, fresh: false };

    expect((await opened.engine.update(request, opened.checkpoints)).kind).toBe("updated");

    expect((await opened.engine.state(thread)).values).toMatchObject({ log: [...LOG, "updated"] });
  });

  test("is handed over after a superstep, and no node runs twice", async () => {
    const run = { ...newRun(), graph_id: "trail" };
    const first = await opened.run({
      ...run,
      kwargs: { input: { trail: [] }, stream_mode: ["updates"] },
      context: { drain: AbortSignal.abort() },
    });
    const rest = { claim: { log_start: 11, epoch: 2 }, handed_off: true, attempt: 1 };
    const second = await opened.run({ ...run, ...rest, kwargs: { input: { trail: [] }, stream_mode: ["values"] } });

    expect(first.outcome.kind).toBe("drained");
    expect(second.outcome.kind).toBe("completed");
    expect(lastValues(second)).toEqual({ trail: ["one", "two", "three"] });
  });

  test.runIf(version === IN_CI.at(-1))("numbers of numpy are kept as plain ones", async () => {
    const run = { thread_id: newRun().thread_id, graph_id: "numbers" };
    const first = await opened.run({ ...run, kwargs: { input: {} } });
    const second = await opened.run({ ...run, claim: { log_start: 11, epoch: 1 }, kwargs: { input: {} } });

    expect(first.outcome.kind).toBe("completed");
    expect(lastValues(second)).toEqual({
      held: { list: [3, 1.5, true], 7: "2026-01-02" },
      kinds: ["int", "float", "bool"],
    });
  });
});
