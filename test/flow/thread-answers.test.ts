/** Answers of several people to one question at the same time, and commands that are repeated. */
import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { asProtocol } from "./protocol-client.ts";

let server: SharedServer;
let client: Client;
const { command, refused } = asProtocol(() => server.url);
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

describe("of several answers at once the first counts", () => {
  const asked = async () => {
    const thread_id = randomUUID();
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "hitl", input: { some_text: "a" } });
    await client.runs.join(thread_id, run_id);
    const state = await client.threads.getState(thread_id);
    return { thread_id, interrupt_id: state.tasks[0]?.interrupts[0]?.id };
  };

  it("input.respond: the others find no interrupt and make no run", async () => {
    const { thread_id, interrupt_id } = await asked();
    const answers = ["b", "c", "d", "e", "f", "g"].map(async (response) => {
      const body = { id: 1, method: "input.respond", params: { interrupt_id, response } };
      return { response, frame: (await refused(thread_id, body)).frame };
    });

    const taken = (await Promise.all(answers)).filter(({ frame }) => frame.type === "success");
    const errors = (await Promise.all(answers)).flatMap(({ frame }) => frame.error ?? []);

    expect(taken).toHaveLength(1);
    expect(errors).toEqual(Array.from({ length: 5 }, () => "no_such_interrupt"));
    expect(await client.runs.list(thread_id)).toHaveLength(2);
    expect(await client.runs.join(thread_id, taken[0]?.frame.result.run_id ?? "")).toEqual({
      some_text: taken[0]?.response,
    });
  });

  it("a command that is repeated with its Idempotency-Key makes no second run, whatever the thread waits for now", async () => {
    const { thread_id, interrupt_id } = await asked();
    const send = async (key: string, method: string, params: object) => {
      const body = { id: Math.trunc(Math.random() * 1_000), method, params };
      const { frame } = await refused(thread_id, body, { "idempotency-key": `${thread_id} ${key}` });
      return frame.type === "success" ? frame.result.run_id : frame.error;
    };
    const respond = (response: string) => send("respond", "input.respond", { interrupt_id, response });
    const start = (input: string) => send("start", "run.start", { assistant_id: "hitl", input: { some_text: input } });

    const answers = await Promise.all([respond("b"), respond("b")]);
    await client.runs.join(thread_id, answers[0] ?? "");
    const starts = await Promise.all([start("c"), start("c")]);
    await client.runs.join(thread_id, starts[0] ?? "");

    expect(new Set([...answers, await respond("b")]).size).toBe(1);
    // The thread waits for an answer now, which the input of a new command would be.
    expect(new Set([...starts, await start("c")]).size).toBe(1);
    expect(await client.runs.list(thread_id)).toHaveLength(3);
    expect(await start("another")).toBe("invalid_argument");
    expect(await send("k".repeat(300), "run.start", { assistant_id: "hitl" })).toBe("invalid_argument");
    expect(await client.runs.list(thread_id)).toHaveLength(3);
  });

  it("run.start: the other is an input of its own", async () => {
    const { thread_id } = await asked();
    const start = async (input: object) => command(thread_id, "run.start", { assistant_id: "hitl", input });
    const runs = await Promise.all([start({ some_text: "b" }), start({ some_text: "c" })]);

    const stored = await Promise.all(runs.map(({ run_id }) => client.runs.get(thread_id, run_id)));
    const given = stored.map((run) => (run as { kwargs?: { command?: object | null } }).kwargs?.command ?? null);

    expect(given.filter((one) => one !== null)).toHaveLength(1);
  });
});
