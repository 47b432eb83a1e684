/** Sends values that JSON cannot express, or says differently. */
import { channel, subscribe } from "node:diagnostics_channel";
import { HumanMessage } from "@langchain/core/messages";
import { Annotation, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({ kind: Annotation<string> });

const circle: Record<string, unknown> = { name: "circle" };
circle["self"] = circle;

const VALUES: Record<string, unknown> = {
  plain: { text: "line\nbreak\u2028", list: [1, null, true], nothing: undefined, not: NaN },
  undefined: undefined,
  message: { nested: [{ deep: new HumanMessage({ content: "hi", id: "m1" }) }] },
  instances: { map: new Map([["a", 1]]), set: new Set([1, 2]), date: new Date(0), error: new RangeError("far") },
  bigint: { big: 1n },
  circle,
};

export const graph = new StateGraph(State)
  .addNode("say", ({ kind }: typeof State.State, { writer }: LangGraphRunnableConfig) => {
    writer?.(VALUES[kind]);
    return { kind };
  })
  .addEdge(START, "say")
  .compile();

/** Whether the run's end is heeded by a node that goes on working. */
export const heedless = new StateGraph(State)
  .addNode("work", async (_state: typeof State.State, { writer }: LangGraphRunnableConfig) => {
    writer?.("working");
    await new Promise((resolve) => subscribe("heedless may go on", resolve));
    writer?.("still working");
    setImmediate(() => channel("heedless has ended").publish({}));
    return { kind: "late" };
  })
  .addEdge(START, "work")
  .compile();
