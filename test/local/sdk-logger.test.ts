/** `getLogger` of LangGraph's SDK in a graph's code. */
import { join } from "node:path";
import { linkedProject } from "../support/linked-project.ts";
import { startServer } from "../support/server.ts";

const GRAPH = `
import { Annotation, StateGraph } from "@langchain/langgraph";
import { getLogger } from "@langchain/langgraph-sdk/logging";

const logger = getLogger();
logger.info("at import");
export const graph = new StateGraph(Annotation.Root({ said: Annotation<string> }))
  .addNode("say", () => {
    logger.warn("in a node", { topic: "ice" }).error({ message: "one object", code: 7 }).help("helps").debug("too much");
    return { said: "done" };
  })
  .addEdge("__start__", "say")
  .compile();
`;

test.each([false, true])(
  "P1: getLogger works where a graph is loaded and where it runs; with --isolated: %s",
  async (isolated) => {
    const config = { graphs: { agent: "./agent.ts:graph" }, env: { LOG_LEVEL: "info" } };
    const project = linkedProject({
      "package.json": '{"type":"module"}',
      "agent.ts": GRAPH,
      "langgraph.json": JSON.stringify(config),
    });
    onTestFinished(() => project.remove());
    const server = await startServer({ config: join(project.folder, "langgraph.json"), isolated });
    onTestFinished(() => server.stop());

    const answer = await fetch(`${server.url}/runs/wait`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ assistant_id: "agent", input: {} }),
    });

    expect(await answer.json()).toEqual({ said: "done" });
    await expect.poll(() => server.output()).toMatch(/at import[\s\S]*in a node \{ topic: 'ice' \}[\s\S]*helps/);
    expect(server.output()).toContain("one object { code: 7 }");
    expect(server.output()).not.toContain("too much");
  },
);
