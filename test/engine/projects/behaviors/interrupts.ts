/** Graphs that stop: at several interrupts at once, in a subgraph, in a subgraph whose interrupt is caught. */
import { Annotation, interrupt, type LangGraphRunnableConfig, Send, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});
type Said = typeof State.State;

const ask = (question: string) => () => ({ said: [`${question}: ${String(interrupt(question))}`] });

export const parallel = new StateGraph(State)
  .addNode("one", ask("one"))
  .addNode("two", ask("two"))
  .addNode("free", () => ({ said: ["free"] }))
  .addEdge(START, "one")
  .addEdge(START, "two")
  .addEdge(START, "free")
  .compile();

const child = new StateGraph(State).addNode("inner", ask("inner")).addEdge(START, "inner");

export const nested = new StateGraph(State)
  .addNode("outer", child.compile())
  .addNode("last", () => ({ said: ["last"] }))
  .addEdge(START, "outer")
  .addEdge("outer", "last")
  .compile();

const called = child.compile();

/** Catches whatever the graph that it calls throws, its interrupt too. */
export const catching = new StateGraph(State)
  .addNode("caller", async (_state: Said, config) => {
    try {
      await called.invoke({ said: [] }, config);
    } catch {
      return { said: ["caught"] };
    }
    return { said: ["done"] };
  })
  .addEdge(START, "caller")
  .compile();

const Wide = Annotation.Root({ width: Annotation<number>, size: Annotation<number>, q: Annotation<number> });

/** As many questions at once as `width` says, each of `size` characters. The later ones are the first to ask. */
export const fan = new StateGraph(Wide)
  .addNode("spread", () => ({}))
  .addNode("ask", async ({ q, size, width }: typeof Wide.State) => {
    for (let turns = width - q; turns > 0; turns--) await Promise.resolve();
    interrupt({ q, text: "?".repeat(size) });
    return {};
  })
  .addEdge(START, "spread")
  .addConditionalEdges(
    "spread",
    ({ width, size }) => Array.from({ length: width }, (_, q) => new Send("ask", { q, size, width })),
    ["ask"],
  )
  .compile();

/** Asks until it gets a number. */
export const again = new StateGraph(State)
  .addNode("ask", () => {
    for (let asked = 0; ; asked++) {
      const answer: unknown = interrupt(`number? (${asked})`);
      if (typeof answer === "number") return { said: [`got ${answer} after ${asked}`] };
    }
  })
  .addEdge(START, "ask")
  .compile();

/** Two that ask again and again side by side, and one that writes nothing but its edge when it was answered. */
export const insisting = new StateGraph(State)
  .addNode("first", () => ({ said: [["first 1", "first 2"].map((question) => String(interrupt(question))).join()] }))
  .addNode("second", () => ({ said: [["second 1", "second 2"].map((question) => String(interrupt(question))).join()] }))
  .addNode("silent", () => {
    interrupt("silent");
    return {};
  })
  .addEdge(START, "first")
  .addEdge(START, "second")
  .addNode("after", () => ({ said: ["after"] }))
  .addEdge(START, "silent")
  .addEdge("silent", "after")
  .compile();

/** Two questions in a subgraph, a superstep between them that streams. */
export const asksTwice = new StateGraph(State)
  .addNode(
    "outer",
    new StateGraph(State)
      .addNode("one", ask("one"))
      .addNode("between", (_state: Said, { writer }: LangGraphRunnableConfig) => {
        writer?.("between");
        return { said: ["between"] };
      })
      .addNode("two", ask("two"))
      .addEdge(START, "one")
      .addEdge("one", "between")
      .addEdge("between", "two")
      .compile(),
  )
  .addEdge(START, "outer")
  .compile();

/** A question beside a subgraph of two supersteps, the first of which streams. */
export const asksBeside = new StateGraph(State)
  .addNode("ask", ask("beside"))
  .addNode(
    "work",
    new StateGraph(State)
      .addNode("first", (_state: Said, { writer }: LangGraphRunnableConfig) => {
        writer?.("between");
        return { said: ["first"] };
      })
      .addNode("second", () => ({ said: ["second"] }))
      .addEdge(START, "first")
      .addEdge("first", "second")
      .compile(),
  )
  .addEdge(START, "ask")
  .addEdge(START, "work")
  .compile();

/** As `ask`, after some turns of the event loop. */
const askLate = (question: string, turns: number) => async () => {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
  return { said: [`${question}: ${String(interrupt(question))}`] };
};

const late = new StateGraph(State)
  .addNode("a", askLate("a", 6))
  .addNode("b", askLate("b", 3))
  .addNode("c", askLate("c", 0))
  .addEdge(START, "a")
  .addEdge(START, "b")
  .addEdge(START, "c");

/** The same three beside each other at the top, and in a subgraph: those that come first in the order of tasks ask last. */
export const lateAsking = new StateGraph(State)
  .addNode("a", askLate("top a", 9))
  .addNode("inner", late.compile())
  .addNode("z", askLate("top z", 0))
  .addEdge(START, "a")
  .addEdge(START, "inner")
  .addEdge(START, "z")
  .compile();
