/** Values of every kind in a channel, that a second node sees and tells of. */
import { HumanMessage } from "@langchain/core/messages";
import { Annotation, interrupt, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  kind: Annotation<string>,
  value: Annotation<unknown>,
  seen: Annotation<string>,
  pause: Annotation<boolean>,
});

const circle: Record<string, unknown> = { name: "circle" };
circle["self"] = circle;

const deep = (levels: number): unknown => {
  let value: unknown = "bottom";
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
};

const VALUES: Record<string, () => unknown> = {
  plain: () => ({ text: "text", list: [1, null, true], not: NaN, nothing: undefined }),
  buffer: () => Buffer.from("bytes"),
  "nested buffer": () => ({ in: [Buffer.from("bytes")] }),
  bytes: () => new Uint8Array([1, 2]),
  "nested bytes": () => ({ in: [new Uint8Array([1, 2])] }),
  function: () => () => 1,
  "nested function": () => ({ in: [() => 1], call: () => 1 }),
  symbol: () => Symbol("s"),
  undefined: () => undefined,
  bigint: () => 1n,
  "nested bigint": () => ({ in: [1n] }),
  circle: () => circle,
  map: () => new Map([["a", 1]]),
  set: () => new Set([1, 2]),
  date: () => new Date(0),
  error: () => new RangeError("far"),
  expression: () => /x/g,
  message: () => [new HumanMessage({ content: "hi", id: "m1" })],
  "like a map": () => ({ lc: 2, type: "constructor", id: ["Map"], method: null, args: [[["a", 1]]], kwargs: {} }),
  "like nothing": () => ({ in: { lc: 2, type: "undefined" } }),
  "like a message": () => ({
    lc: 1,
    type: "constructor",
    id: ["langchain_core", "messages", "HumanMessage"],
    kwargs: { content: "hi" },
  }),
  "like both": () => [new HumanMessage({ content: "hi", id: "m1" }), { lc: 2, type: "undefined" }],
  escaped: () => ({ "lc:escaped": 1, in: { lc: 1 } }),
  "[Circular]": () => ["[Circular]", "[unable to serialize, circular reference is too complex to analyze]"],
  deep: () => deep(499),
  "too deep": () => deep(3_000),
  "far too deep": () => deep(20_000),
};

export const graph = new StateGraph(State)
  .addNode("make", ({ kind, value }) => (kind === "input" ? { value } : { value: VALUES[kind]?.() }))
  .addNode("see", ({ value, pause }) => {
    if (pause) interrupt("go on?");
    return { seen: Object.prototype.toString.call(value) };
  })
  .addEdge(START, "make")
  .addEdge("make", "see")
  .compile();
