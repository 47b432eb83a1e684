/** `getLogger` of LangGraph's SDK in a graph's code. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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
  { timeout: 60_000 },
  async (isolated) => {
    const folder = mkdtempSync(join(tmpdir(), "threadline-logger-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(join(folder, "agent.ts"), GRAPH);
    const config = { graphs: { agent: "./agent.ts:graph" }, env: { LOG_LEVEL: "info" } };
    writeFileSync(join(folder, "langgraph.json"), JSON.stringify(config));
    const server = await startServer({ config: join(folder, "langgraph.json"), isolated });
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
