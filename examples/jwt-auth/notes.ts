/** Keeps notes for whoever signs in: the token's `sub` is the first label of each namespace, over the API and here. */
import { Annotation, type LangGraphRunnableConfig, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({ note: Annotation<string>, notes: Annotation<string[]> });

export const graph = new StateGraph(State)
  .addNode("keep", async ({ note }, { configurable, store }: LangGraphRunnableConfig) => {
    const owner: unknown = configurable?.["langgraph_auth_user_id"];
    if (!store || typeof owner !== "string") throw new Error("These notes are for people who have signed in.");
    await store.put([owner, "notes"], note, { note });
    const items = await store.search([owner, "notes"]);
    return { notes: items.map(({ key }) => key).toSorted() };
  })
  .addEdge(START, "keep")
  .compile();
