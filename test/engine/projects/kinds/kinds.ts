/** One small graph in every form in which projects export one, and in a few in which it cannot be served. */
import {
  Annotation,
  entrypoint,
  InMemoryStore,
  type LangGraphRunnableConfig,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import type { ServerRuntime } from "@langchain/langgraph-sdk";

const State = Annotation.Root({ said: Annotation<string> });

const say = (word: string) =>
  new StateGraph(State).addNode("speak", ({ said }) => ({ said: `${said} ${word}` })).addEdge(START, "speak");

export const compiled = say("compiled").compile();
export const builder = say("builder");
export const promised = Promise.resolve(say("promised").compile());
export const configured = say("configured")
  .compile()
  .withConfig({ recursionLimit: 7, tags: ["of-the-graph"] });
export const endless = say("on").addEdge("speak", "speak").compile().withConfig({ recursionLimit: 3 });
export const wrapped = { graph: say("wrapped").compile() };
export const bound = { bound: say("bound").compile(), config: { recursionLimit: 7 } };
export const saved = say("saved").compile({ checkpointer: new MemorySaver(), store: new InMemoryStore() });
export const unsaved = say("unsaved").compile({ checkpointer: false });

/** What each call of a factory was given. */
const calls: LangGraphRunnableConfig[] = [];
export function factory(config: LangGraphRunnableConfig) {
  calls.push(config);
  return say(`${String(config.configurable?.["thread_id"])} ${calls.length}`).compile();
}
export const asyncFactory = async ({ configurable }: LangGraphRunnableConfig) =>
  Promise.resolve(say(String(configurable?.["word"])));
export const nestedFactory = () => () => wrapped;

/** Puts together another graph for those who only look, as the SDK's type says: no tools are connected for a read. */
export const told = (_config: LangGraphRunnableConfig, runtime: ServerRuntime<{ name?: string }>) => {
  lastTold = runtime;
  if (runtime.accessContext !== "threads.create_run") return say(runtime.accessContext);
  return say(runtime.executionRuntime.context?.name ?? "no context");
};
let lastTold: unknown;
/** What the factory above was told by whoever asked last. */
export const teller = new StateGraph(State)
  .addNode("tell", () => ({ said: JSON.stringify(lastTold) }))
  .addEdge(START, "tell");
export const nestedTold = () => async () => Promise.resolve(told);

export const functional = entrypoint({ name: "functional" }, async ({ said }: { said: string }) =>
  Promise.resolve({ said: `${said} functional` }),
);

export const hangs = () => new Promise(() => undefined);

export const notAGraph = { answer: 42 };
export const text = "graph";
export const brokenFactory = () => {
  throw new Error("no model is configured");
};
