/** Stream transformers of a graph: which of them run, what becomes of a chunk, and what is told when. */
import * as lg from "@langchain/langgraph";
import {
  type StreamTransformers,
  streamTransformers,
} from "../../functions/engine/javascript/events/stream-transformers.ts";

interface Seen {
  method: string;
  params: { data: unknown };
}

interface Parts {
  process?: (event: Seen) => boolean;
  [part: string]: unknown;
}

const told: unknown[] = [];
beforeEach(() => void told.splice(0));

/** Of a graph with a transformer of these parts. */
function pipeline(...parts: Parts[]): StreamTransformers | undefined {
  const factories = parts.map((own) => () => ({ init: () => ({}), process: () => true, ...own }));
  return streamTransformers(lg, { streamTransformers: factories }, (namespace, name, item) => {
    told.push([namespace.join("|"), name, item]);
  });
}

test("a graph without transformers, or with those that make handles alone, has nothing to do", () => {
  expect(streamTransformers(lg, {}, () => undefined)).toBeUndefined();
  expect(pipeline()).toBeUndefined();
  expect(pipeline({ __native: true })).toBeUndefined();
});

test.each([
  ["messages", [{ event: "message-start" }, { langgraph_node: "n", run_id: "r" }], undefined],
  ["custom", "said", undefined],
  ["values", { a: 1 }, undefined],
  ["tools", { event: "on_tool_start", toolCallId: "1", name: "n" }, undefined],
  // What the run does next.
  ["tasks", { id: "1", name: "n" }, "as it was"],
  ["updates", { n: { a: 1 } }, "as it was"],
  ["checkpoints", { values: {} }, "as it was"],
])("%s that are dropped", (mode, payload, left) => {
  const chunk = [["n:1"], mode, payload];

  expect(pipeline({ process: () => false })?.take(chunk)).toEqual(left && chunk);
});

test.each([
  ["messages", [{ event: "x" }, { run_id: "r" }], [{ event: "x", run_id: "r", seen: true }, { run_id: "r" }]],
  ["values", { a: 1 }, { a: 1, seen: true }],
  ["custom", { a: 1 }, { a: 1 }],
  ["custom", { name: "n", payload: 1 }, { name: "n", payload: 1, seen: true }],
  ["custom", "said", "said"],
])("%s that are changed: %j", (mode, payload, changed) => {
  const process = ({ params }: Seen) => {
    params.data = { ...(params.data as object), seen: true };
    return true;
  };

  expect(pipeline({ process })?.take([[], mode, payload])).toEqual([[], mode, changed]);
});

test("a channel tells where the event is that it was told at; at the end all are told, but one that fails", async () => {
  const channel = lg.StreamChannel.remote<number>("counted");
  const own = pipeline({
    init: () => ({
      channel,
      local: new lg.StreamChannel(),
      total: Promise.resolve(2),
      never: Promise.reject(new Error("no")),
    }),
    process: () => {
      channel.push(1);
      return true;
    },
    finalize: () => channel.push(2),
  });

  own?.take([["n:1"], "custom", "said"]);
  await own?.finish(new AbortController().signal);

  expect(told).toEqual([
    ["n:1", "counted", 1],
    ["", "counted", 2],
    ["", "total", 2],
  ]);
  expect(channel.done).toBe(true);
});

test("what a transformer waits for in vain ends with its run's cancel", async () => {
  const cancelled = new AbortController();
  const finished = pipeline({ init: () => ({ never: new Promise(() => undefined) }) })?.finish(cancelled.signal);
  cancelled.abort();

  await expect(finished).resolves.toBeUndefined();
});

test("an event of a transformer is seen by the others, and told if it is of a channel", () => {
  const seen: string[] = [];
  const event = { type: "event", method: "custom:own", seq: 0, params: { namespace: [], timestamp: 0, data: 1 } };
  pipeline(
    { process: ({ method }) => Boolean(seen.push(method)) },
    { onRegister: ({ push }: { push: (namespace: string[], one: object) => void }) => push(["n:1"], event) },
  );

  expect(seen).toEqual(["custom:own"]);
  expect(told).toEqual([["n:1", "own", 1]]);
});

test("one that throws is heard, and each is told that the run has failed", () => {
  const failures: unknown[] = [];
  const failing = new Error("no");
  const own = pipeline({
    process: () => {
      throw failing;
    },
    fail: (error: unknown) => failures.push(error),
  });

  expect(() => own?.take([[], "values", {}])).toThrow(failing);
  own?.fail(failing);
  expect(failures).toEqual([failing]);
});
