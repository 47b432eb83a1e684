/** A2A as clients speak it: cards, messages, questions and their answers, both versions. The stock client is in test/registry. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json } from "../support/sse.ts";
import { a2aClient, data, message, request, type Task, text } from "./a2a-client.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const { send, ask, task, streamed } = a2aClient(() => server.url);

describe("the card of an assistant", () => {
  test("says where its agent is and what it can, for readers of both versions", async () => {
    const { assistant_id } = (await client.assistants.search({ graphId: "tool_agent" }))[0] ?? {};

    const card = await json(fetch(`${server.url}/.well-known/agent-card.json?assistant_id=tool_agent`));
    const below = await json(fetch(`${server.url}/a2a/${assistant_id}/.well-known/agent-card.json`));

    const url = expect.stringMatching(new RegExp(`/a2a/${assistant_id}$`)) as string;
    expect(card).toMatchObject({
      name: "tool_agent",
      url,
      protocolVersion: "0.3.0",
      preferredTransport: "JSONRPC",
      capabilities: { streaming: true, pushNotifications: false },
      skills: [{ id: "tool_agent" }],
    });
    expect(card["supportedInterfaces"]).toEqual(
      ["1.0", "0.3"].map((protocolVersion) => ({ url, protocolBinding: "JSONRPC", protocolVersion })),
    );
    expect(below).toEqual(card);
  });

  test.each([
    ["", 400, /assistant_id/],
    ["?assistant_id=nope", 404, /Assistant not found/],
  ])("needs an assistant: %j", async (query, status, detail) => {
    const response = await fetch(`${server.url}/.well-known/agent-card.json${query}`);

    expect([response.status, await response.json()]).toEqual([
      status,
      { detail: expect.stringMatching(detail) as string },
    ]);
  });
});

describe("a message", () => {
  test("is a run on a thread, and its answer a task with history and artifact", async () => {
    const asked = message(text("weather?"));

    const first = await task("tool_agent", asked);
    const second = await task("tool_agent", message(text("again?"), { contextId: first.contextId }));

    const runs = await client.runs.list(first.contextId);
    expect(runs.map(({ run_id }) => run_id)).toEqual([second.id, first.id]);
    expect(first).toMatchObject({ kind: "task", status: { state: "completed" } });
    expect(first.artifacts).toEqual([
      {
        artifactId: first.id,
        name: "Assistant Response",
        description: expect.stringMatching(/^Response from assistant /) as string,
        parts: [text("The weather in sf is sunny.")],
      },
    ]);
    expect(first.history.map(({ role, parts }) => [role, parts])).toEqual([
      ["user", [text("weather?")]],
      [
        "agent",
        [
          data({
            tool_results: [
              {
                toolCallId: expect.any(String) as string,
                content: "It's always sunny in sf!",
                name: "get_weather",
                status: "success",
              },
            ],
          }),
        ],
      ],
      ["agent", [text("The weather in sf is sunny.")]],
    ]);
    expect(first.history[0]?.messageId).toBe(asked.message.messageId);
  });

  test("of data is the input of a graph without messages, whose values are the answer", async () => {
    const { status, artifacts, id, contextId } = await task("agent", message(data({ topic: "x" })));

    const read = (await ask("agent", "tasks/get", { id })).result;
    const official = (await ask("agent", "tasks/get", { id: `${contextId}:${id}` })).result;

    expect(status.state).toBe("completed");
    expect(artifacts[0]?.parts).toEqual([data({ topic: "x and cats", joke: "This is a joke about x and cats" })]);
    expect(read).toMatchObject({ id, contextId, artifacts, status: { state: "completed" } });
    expect(official).toEqual(read);
  });

  test("whose graph fails is a failed task that says why", async () => {
    const { status } = await task("boom", message(data({ foo: "x" })));

    expect(status).toMatchObject({ state: "failed", message: { parts: [text("BoomError: boom: something broke")] } });
  });

  test("may not wait, and its task can be cancelled", async () => {
    const gate = crypto.randomUUID();
    const begun = await task("slow", {
      ...message(data({ n: 1, delay_ms: 0, gate })),
      configuration: { blocking: false },
    });
    const { id } = begun;

    const cancelled = (await ask("slow", "tasks/cancel", { id })).result;
    const again = await ask("slow", "tasks/cancel", { id });

    expect(["submitted", "working"]).toContain(begun.status.state);
    expect(cancelled).toMatchObject({ id, status: { state: "canceled" } });
    expect(again.error?.code).toBe(-32_002);
  });

  test("has as much history as is asked for", async () => {
    const sent = await task("tool_agent", { ...message(text("weather?")), configuration: { historyLength: 1 } });
    const none = (await ask("tool_agent", "tasks/get", { id: sent.id, historyLength: 0 })).result;

    expect(sent.history.map(({ parts }) => parts)).toEqual([[text("The weather in sf is sunny.")]]);
    expect(none.history).toEqual([]);
  });
});

describe("a question of the graph", () => {
  test("makes the task wait for input; an answer goes on with the same task", async () => {
    const asked = await task("hitl", message(data({ some_text: "draft" })));
    const answered = await task("hitl", message(text("final"), { taskId: asked.id, contextId: asked.contextId }));
    const late = await ask("hitl", "message/send", message(text("later"), { taskId: asked.id }));
    const read = (await ask("hitl", "tasks/get", { id: asked.id })).result;

    expect(asked.status).toMatchObject({
      state: "input-required",
      message: {
        parts: [{ ...data({ text_to_revise: "draft" }), metadata: { interrupt_id: expect.any(String) as string } }],
      },
    });
    expect(answered).toMatchObject({ id: asked.id, contextId: asked.contextId, status: { state: "completed" } });
    expect(answered.artifacts[0]?.parts).toEqual([data({ some_text: "final" })]);
    expect(read.artifacts).toEqual(answered.artifacts);
    expect(late.error).toMatchObject({ code: -32_004, message: expect.stringContaining("has ended") as string });
  });

  test("is answered once by two who answer at once", async () => {
    const { id } = await task("hitl", message(data({ some_text: "draft" })));

    const both = await Promise.all(
      ["a", "b"].map((word) => ask("hitl", "message/send", message(text(word), { taskId: id }))),
    );

    expect(both.filter(({ error }) => error?.code === -32_004)).toHaveLength(1);
    expect(both.filter(({ result }) => result?.status.state === "completed")).toHaveLength(1);
  });

  test("among several is answered by its id", async () => {
    const asked = await task("parallel_interrupts", message(data({})));
    const ids =
      asked.status.message?.parts.map(({ metadata }) => (metadata as { interrupt_id: string }).interrupt_id) ?? [];

    const vague = await ask("parallel_interrupts", "message/send", message(text("yes"), { taskId: asked.id }));
    const answers = data(Object.fromEntries(ids.map((id) => [id, "yes"])));
    const done = await task("parallel_interrupts", message(answers, { taskId: asked.id }));

    expect(ids.length).toBeGreaterThan(1);
    expect(vague.error).toMatchObject({ code: -32_602, message: expect.stringContaining(ids[0] ?? "") as string });
    expect(done.status.state).toBe("completed");
  });
});

describe("version 1.0", () => {
  const v1 = { role: "ROLE_USER", messageId: "m", contextId: "", taskId: "", parts: [{ text: "weather?" }] };

  test("has its own names for methods, states and parts", async () => {
    const { result } = (await json(send("tool_agent", request("SendMessage", { message: v1 })))) as {
      result: { task: Task };
    };
    const { id, contextId } = result.task;
    const read = await ask("tool_agent", "GetTask", { id });

    expect(read.result).toEqual(result.task);
    expect(result.task).toMatchObject({
      status: { state: "TASK_STATE_COMPLETED" },
      artifacts: [{ parts: [{ text: "The weather in sf is sunny." }] }],
      history: [{ role: "ROLE_USER", contextId, taskId: id }, { role: "ROLE_AGENT" }, { role: "ROLE_AGENT" }],
    });
    expect(JSON.stringify(result)).not.toContain('"kind"');
  });

  test("wraps each event of a stream by its name", async () => {
    const events = await streamed("tool_agent", "SendStreamingMessage", { message: { ...v1, messageId: "n" } });

    const names = events.flatMap(({ result }) => Object.keys(result));
    expect([names[0], names[1], names.at(-2), names.at(-1)]).toEqual([
      "task",
      "statusUpdate",
      "artifactUpdate",
      "statusUpdate",
    ]);
    expect(events.at(-1)?.result).toMatchObject({ statusUpdate: { status: { state: "TASK_STATE_COMPLETED" } } });
  });
});
