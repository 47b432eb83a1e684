/** P16: what a person is shown to try a graph with has the graph's own channels, in every way that LangGraph lets one declare them. */
import {
  Annotation,
  entrypoint,
  MessagesAnnotation,
  MessagesZodState,
  ReducedValue,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { z } from "zod";
import { sampleInput } from "../../functions/engine/javascript/graph/sample-input.ts";
import type { Graph } from "../../functions/engine/javascript/langgraph.ts";

const messages = { messages: [{ role: "user", content: "Hello" }] };
const last = (_: unknown, next: unknown) => next;
const list = Annotation<string[]>({ reducer: (old, more) => [...old, ...more], default: () => [] });
const count = Annotation<number>({ reducer: (old, more) => old + more, default: () => 0 });

/** A graph of this state, with an input of its own where that is given. */
const graphOf = (state: unknown, input?: unknown): Graph => {
  const builder = new StateGraph(state as typeof MessagesAnnotation, input as { input: typeof MessagesAnnotation });
  return builder
    .addNode("node", () => ({}))
    .addEdge("__start__", "node")
    .compile() as unknown as Graph;
};
const { Root } = Annotation;

test.each<[what: string, graph: Graph, input: unknown]>([
  ["a chat", graphOf(MessagesAnnotation), messages],
  ["a chat with more", graphOf(Root({ topic: Annotation<string>, ...MessagesAnnotation.spec })), messages],
  ["a chat by Zod", graphOf(MessagesZodState), messages],
  ["a state", graphOf(Root({ question: Annotation<string>, answer: Annotation<string> })), { question: "Hello" }],
  ["what has a default is left out", graphOf(Root({ list, question: Annotation<string> })), { question: "Hello" }],
  ["unless there is nothing else", graphOf(Root({ count, list })), { count: 1 }],
  ["a list alone", graphOf(Root({ list })), { list: ["Hello"] }],
  ["channels by a plain object", graphOf({ channels: { topic: null, rest: { reducer: last } } }), { topic: "Hello" }],
  ["an object by Zod", graphOf(z.object({ note: z.string().optional(), size: z.number() })), { size: 1 }],
  [
    "a StateSchema",
    graphOf(
      new StateSchema({
        done: z.boolean().default(false),
        names: new ReducedValue(
          z.array(z.string()).default(() => []),
          {
            inputSchema: z.array(z.string()),
            reducer: (_, next) => next,
          },
        ),
        deep: z.object({ a: z.string().optional() }),
      }),
    ),
    { names: ["Hello"] },
  ],
  [
    "an input schema: all of it",
    graphOf(Root({ answer: Annotation<string>, a: Annotation<string>, b: Annotation<number> }), {
      input: Root({ a: Annotation<string>, b: Annotation<number> }),
    }),
    { a: "Hello", b: "Hello" },
  ],
  [
    "an input schema by Zod",
    graphOf(z.object({ answer: z.string(), city: z.string(), days: z.number() }), {
      input: z.object({ city: z.string(), days: z.number(), unit: z.string().optional() }),
    }),
    { city: "Hello", days: 1 },
  ],
  ["the functional API", entrypoint("echo", (input: string) => Promise.resolve(input)) as unknown as Graph, "Hello"],
])("P16: %s", async (_, graph, input) => {
  expect(sampleInput(graph)).toEqual(input);
  const seen: unknown[] = [];
  for await (const chunk of await graph.stream(input, { streamMode: "values" })) seen.push(chunk);
  expect(seen).not.toEqual([]);
});
