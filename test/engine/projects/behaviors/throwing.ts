/** Throws what people throw. */
import { Annotation, START, StateGraph } from "@langchain/langgraph";

class Named extends Error {
  constructor(name: string) {
    super("secret text");
    this.name = name;
  }
}

const THROWN: Record<string, () => unknown> = {
  text: () => "text 'quoted'\nin two lines",
  number: () => 5,
  undefined: () => undefined,
  null: () => null,
  object: () => ({ code: 7, reason: "why" }),
  large: () => ({ text: "x".repeat(1_000_000) }),
  message: () => ({ message: "said", name: "Named" }),
  circle: () => {
    const circle: Record<string, unknown> = {};
    return (circle["self"] = circle);
  },
  array: () => [1, "two"],
  own: () => new Named("secret name"),
  long: () => new Error("x".repeat(1_000_000)),
};

const State = Annotation.Root({ kind: Annotation<string> });

export const graph = new StateGraph(State)
  .addNode("node", ({ kind }) => {
    // oxlint-disable-next-line typescript/only-throw-error -- that is what is tested
    throw THROWN[kind]?.();
  })
  .addEdge(START, "node")
  .compile();
