/** One state, declared in each way that LangGraph knows. */
import {
  Annotation,
  entrypoint,
  MessagesAnnotation,
  MessagesValue,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { z } from "zod";
import { z as z3 } from "zod/v3";

const graphOf = (...declared: unknown[]) =>
  new StateGraph(...(declared as [typeof MessagesAnnotation]))
    .addNode("node", () => ({}))
    .addEdge("__start__", "node")
    .compile();

const wide = z.object({ topic: z.string(), tries: z.number().default(0) });
export const zod4 = graphOf(
  { state: wide, input: z.object({ topic: z.string() }), output: z.object({ tries: z.number() }) },
  { context: z.object({ model: z.string() }) },
);
export const zod3 = graphOf(
  z3.object({ topic: z3.string(), tries: z3.number().default(0) }),
  z3.object({ model: z3.string().optional() }),
);
export const annotated = graphOf(
  Annotation.Root({
    ...MessagesAnnotation.spec,
    topic: Annotation<string>,
    tries: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  }),
  Annotation.Root({ model: Annotation<string> }),
);
export const stateSchema = graphOf(
  new StateSchema({ messages: MessagesValue, topic: z.string(), tries: z.number().default(0) }),
);
export const functional = entrypoint("functional", async (topic: string) => Promise.resolve(topic));
/** JSON Schema has no word for a date. */
export const unsayable = graphOf(z.object({ topic: z.string(), when: z.custom<Date>().transform(() => new Date(0)) }));
