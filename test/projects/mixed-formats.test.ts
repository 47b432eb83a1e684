/** S13: a project of both module formats sees one copy of LangGraph and LangChain on every host. */
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { type LinkedProject, linkedProject } from "../support/linked-project.ts";
import { startServer, type TestServer } from "../support/server.ts";

const graph = (helper: string): string => `
import { AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { Annotation, Command, interrupt, MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { made, jump, schema } from "${helper}";
import { z } from "zod";

const State = Annotation.Root({ ...MessagesAnnotation.spec, seen: Annotation<unknown> });
export const graph = new StateGraph(State)
  .addNode("look", ({ messages }) => ({
    seen: [AIMessageChunk.isInstance(made), made instanceof AIMessageChunk, jump() instanceof Command,
      messages[0] instanceof HumanMessage, schema instanceof z.ZodType, z.globalRegistry.get(schema), interrupt("more?")],
    messages: [made],
  }))
  .addEdge("__start__", "look")
  .compile();
`;
const HELPER = `
import { AIMessageChunk } from "@langchain/core/messages";
import { Command } from "@langchain/langgraph";
import { z } from "zod";
export const made = new AIMessageChunk({ id: "m", content: "made" });
export const jump = () => new Command({ goto: "x" });
export const schema = z.string().describe("text");
`;
const FILES = {
  "package.json": JSON.stringify({ name: "mixed" }),
  "langgraph.json": JSON.stringify({ graphs: { commonjs: "./graph.ts:graph", module: "./graph.mts:graph" } }),
  "graph.ts": graph("./helper.mjs"),
  "helper.mts": HELPER,
  "graph.mts": graph("./helper.cjs"),
  "helper.cts": HELPER,
};

let project: LinkedProject;
beforeAll(() => {
  project = linkedProject(FILES);
});
afterAll(() => project.remove());

describe.each([
  ["npm start", {}],
  ["--isolated", { isolated: true }],
])("%s", (_, host) => {
  let server: TestServer;
  let client: Client;
  beforeAll(async () => {
    server = await startServer({ config: join(project.folder, "langgraph.json"), ...host });
    client = new Client({ apiUrl: server.url, apiKey: null });
  });
  afterAll(() => server.stop());

  test.each(["commonjs", "module"])(
    "S13: what the other half made is known to %s, before and after an interrupt",
    async (id) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, id, { input: { messages: [{ role: "user", content: "hi" }] } });

      const values = await client.runs.wait(thread_id, id, { command: { resume: "yes" } });

      expect(values).toMatchObject({
        seen: [true, true, true, true, true, { description: "text" }, "yes"],
        messages: [{ content: "hi" }, { type: "ai", content: "made" }],
      });
    },
  );
});
