/**
 * A human decides in the middle of a run: it stops at `interrupt` and waits, for a minute or a week.
 * Go on with `command: { resume: true }`, `{ resume: false }` or `{ resume: "a better text" }`.
 */
import { END, interrupt, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  request: z.string(),
  draft: z.string().optional(),
  sent: z.string().nullable().optional(),
});

const write: typeof State.Node = ({ request }) => ({ draft: `Dear customer, about "${request}": yes, gladly.` });

const review: typeof State.Node = ({ draft }) => {
  const decision = interrupt<{ question: string; draft: string | undefined }, boolean | string>({
    question: "Send this?",
    draft,
  });
  if (typeof decision === "string") return { draft: decision, sent: decision };
  return { sent: decision && draft ? draft : null };
};

export const graph = new StateGraph(State)
  .addNode("write", write)
  .addNode("review", review)
  .addEdge(START, "write")
  .addEdge("write", "review")
  .addEdge("review", END)
  .compile();
