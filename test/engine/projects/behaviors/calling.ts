/** Calls its own server from a node, as projects do; the test says what the server does. */
import { Annotation, START, StateGraph } from "@langchain/langgraph";

const CALL = Symbol.for("threadline-test:call");
const State = Annotation.Root({ answer: Annotation<unknown> });

async function call(): Promise<{ answer: unknown }> {
  const server: unknown = Reflect.get(globalThis, CALL);
  return { answer: typeof server === "function" ? await server() : undefined };
}

export const graph = new StateGraph(State).addNode("call", call).addEdge(START, "call").compile();
