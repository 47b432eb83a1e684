/** Agents on a thread's stream: two subagents at work at once, and what stream transformers make of their events. */
import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { StreamController } from "@langchain/langgraph-sdk/stream";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { asProtocol, type Told } from "./protocol-client.ts";

let server: SharedServer;
let told: Told[];
let custom: Told[];
beforeAll(async () => {
  server = await goldenServer();
  const { command, read } = asProtocol(() => server.url);
  const thread_id = randomUUID();
  const input = { messages: [{ role: "user", content: "hi" }] };
  const { run_id } = await command(thread_id, "run.start", { assistant_id: "subagents", input });
  told = await read(thread_id, { channels: ["lifecycle", "messages", "tools", "custom"] }).untilEnd(run_id);
  custom = await read(thread_id, { channels: ["lifecycle", "custom:messages", "custom:total"] }).untilEnd(run_id);
});
afterAll(() => server.stop());

/** `namespace`: the graph's, without tasks' ids. */
const inShort = ({ params: { namespace, data } }: Told): string => {
  const { event, delta, name } = data as { event?: string; delta?: { text?: string }; name?: string };
  return [namespace.map((segment) => segment.split(":")[0]).join("|"), event ?? name, delta?.text]
    .filter((part) => part !== undefined)
    .join(" ");
};

test("each is found by the SDK, with its name, and what is said and done below it", async () => {
  const assistantId = "subagents";
  const client = new Client({ apiUrl: server.url });
  const controller = new StreamController({ assistantId, threadId: randomUUID(), client });
  await controller.submit({ messages: [{ type: "human", content: "hi" }] });
  const found = () =>
    [...controller.subagentStore.getSnapshot().values()].map(({ id, name, status, taskInput }) => [
      id,
      name,
      status,
      taskInput,
    ]);

  // The SDK's stream of subagents may be behind the one that ends the submit.
  await expect.poll(found).toEqual([
    ["task-1", "researcher", "complete", "find"],
    ["task-2", "critic", "complete", "judge"],
  ]);
  await controller.dispose();
  const starts = told.filter(({ params }) => params.data["tool_name"] === "task");
  expect(starts).toHaveLength(2);
  for (const { params } of starts) {
    const own = told.filter((event) => event.params.namespace[0] === params.namespace[0]);
    const name = params.data["tool_call_id"] === "task-1" ? "researcher" : "critic";
    const words = own.flatMap(({ params: { data } }) => (data["delta"] as { text?: string } | undefined)?.text ?? []);
    expect(words).toEqual([`${name} `, "says three."]);
    expect(own.filter(({ method }) => method === "tools").map(inShort)).toContain("tools|tools tool-finished");
    expect(own.at(-1)?.params.data["event"]).toBe("completed");
  }
});

test("a transformer tells in a channel of its own, changes what is said, hides what is secret, and tells a value at the end", () => {
  const messages = told.filter(({ params }) => params.data["event"] === "message-start").length;
  const counted = custom.filter(({ method }) => method === "custom").map(({ params }) => params.data);

  expect(counted).toEqual([
    ...Array.from({ length: messages }, (_, i) => ({ name: "messages", payload: i + 1 })),
    { name: "total", payload: messages },
  ]);
  const all = told.filter(({ method }) => method === "custom");
  expect(new Set(all.map(({ params }) => params.data["name"]))).toEqual(new Set(["adding", "messages", "total"]));
  expect(told.at(-2)?.params.data).toEqual({ name: "total", payload: messages });
});
