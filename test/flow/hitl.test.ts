/** A person in the loop: runs that stop and ask, and every way to answer, with the stock SDK. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { framesOf, post, readFrames } from "../support/sse.ts";
import { asking, type Asked } from "./asking.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const { wait, ask, statusesOf, aThread } = asking(() => client);

describe("interrupt()", () => {
  it("ends the run as a success and leaves the thread waiting, with the question on thread, state and wait", async () => {
    const thread_id = await aThread();

    const asked = await ask(thread_id, "review");

    const [thread, state] = [await client.threads.get(thread_id), await client.threads.getState(thread_id)];
    const [question] = asked.__interrupt__;
    const task = state.tasks[0];
    expect(await statusesOf(thread_id)).toEqual({ thread: "interrupted", run: "success" });
    expect(question).toMatchObject({ value: { question: "publish?" }, id: expect.any(String) });
    expect(state.next).toEqual(["ask"]);
    expect(task?.interrupts).toEqual([question]);
    expect(thread.interrupts).toEqual({ [task?.id ?? ""]: [question] });
    expect(asked).toEqual({ trail: ["draft"], __interrupt__: [question] });
    expect(thread.values).toEqual(state.values);
  });

  it.each([
    ["text", "yes"],
    ["an array", ["yes", "no"]],
    ["an object that is no map of ids", { approved: true }],
    ["false", false],
  ])("is answered by a value: %s", async (_name, resume) => {
    const thread_id = await aThread();
    await ask(thread_id, "review");

    const values = await wait(thread_id, "review", { command: { resume } });

    expect(values).toMatchObject({ answer: resume, trail: ["draft", "ask", "publish"] });
    expect(values).not.toHaveProperty("__interrupt__");
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
    expect((await client.threads.get(thread_id)).interrupts).toEqual({});
  });

  it.each([0, 2_000, 50_000, 500_000])("may have %d characters beside its question", async (size) => {
    const thread_id = await aThread();
    const beside = "x".repeat(size);

    const response = await post(`${server.url}/threads/${thread_id}/runs/stream`, {
      assistant_id: "review",
      input: { size },
      stream_mode: "updates",
    });
    const frames = await readFrames(response);
    const [thread, runs] = [await client.threads.get(thread_id), await client.runs.list(thread_id)];
    const joined = (await client.runs.join(thread_id, runs[0]?.run_id ?? "")) as unknown as Asked;

    const told = JSON.parse(frames.at(-1)?.data ?? "") as Asked;
    expect(told.__interrupt__).toMatchObject([{ value: { beside } }]);
    expect(Object.values(thread.interrupts).flat()).toMatchObject([{ value: { beside } }]);
    expect(joined.__interrupt__).toMatchObject([{ value: { beside } }]);
    expect(await wait(thread_id, "review", { command: { resume: "yes" } })).toMatchObject({ answer: "yes" });
  });
});

describe("an answer", () => {
  it("right after the interrupt was seen is taken, every time", async () => {
    for (let n = 0; n < 15; n++) {
      const thread_id = await aThread();
      let answered: Promise<unknown> | undefined;

      for await (const { event, data } of client.runs.stream(thread_id, "review", { input: {}, streamMode: "updates" }))
        if (event === "updates" && "__interrupt__" in (data as object))
          answered = wait(thread_id, "review", { command: { resume: n }, multitaskStrategy: "reject" });

      expect(await answered).toMatchObject({ answer: n, trail: ["draft", "ask", "publish"] });
    }
  });

  it("given twice at once, refused where busy: one wins, the other is 409", async () => {
    for (let n = 0; n < 5; n++) {
      const thread_id = await aThread();
      const gate = crypto.randomUUID();
      await ask(thread_id, "review", { gate });

      const answering = ["yes", "no"].map((resume) =>
        post(`${server.url}/threads/${thread_id}/runs/wait`, {
          assistant_id: "review",
          command: { resume },
          multitask_strategy: "reject",
        }),
      );
      // The winner is at work until the other was refused.
      await Promise.any(answering.map(async (answer) => expect((await answer).status).toBe(409)));
      await wait(null, "open_gate", { input: { gate } });
      const answers = await Promise.all(answering);

      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
      await Promise.all(answers.map((answer) => answer.text()));
      const { values } = await client.threads.getState<{ answer: string; trail: string[] }>(thread_id);
      expect(values.trail).toEqual(["draft", "ask", values.answer === "no" ? "discard" : "publish"]);
    }
  });

  it("given twice at once, enqueued: the first in line wins, the other finds nothing to answer", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "review");
    const path = `${server.url}/threads/${thread_id}/runs/wait`;

    const answers = await Promise.all(
      ["yes", "no"].map((resume) => post(path, { assistant_id: "review", command: { resume } })),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await Promise.all(answers.map((answer) => answer.text()));
    const { values, next } = await client.threads.getState<{ answer: string; trail: string[] }>(thread_id);
    expect(values.trail).toEqual(["draft", "ask", values.answer === "no" ? "discard" : "publish"]);
    expect(next).toEqual([]);
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
  });

  it("to nothing changes nothing", async () => {
    const thread_id = await aThread();
    await wait(thread_id, "agent", { input: { topic: "ice" } });

    const values = await wait(thread_id, "agent", { command: { resume: "what?" } });

    expect(values).toMatchObject({ topic: "ice and cats" });
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
  });

  it("on a stateless run is refused: there is nothing to resume", async () => {
    const response = await post(`${server.url}/runs/wait`, { assistant_id: "review", command: { resume: 1 } });

    expect([response.status, await response.json()]).toEqual([
      400,
      { detail: "You must provide a thread_id when resuming." },
    ]);
  });
});

describe("a command", () => {
  it("goes to a node, with an update", async () => {
    const thread_id = await aThread();
    await wait(thread_id, "agent", { input: { topic: "ice" } });

    const values = await wait(thread_id, "agent", { command: { goto: "generate_joke", update: { topic: "snow" } } });

    expect(values).toEqual({ topic: "snow", joke: "This is a joke about snow" });
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
  });

  it("goes to a node beside the one that asks, which still waits", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "review");

    const values = await wait(thread_id, "review", { command: { goto: "discard", update: { trail: ["told"] } } });
    const statuses = await statusesOf(thread_id);
    const answered = await wait(thread_id, "review", { command: { resume: "yes" } });

    expect(values).toMatchObject({ __interrupt__: [{ value: { question: "publish?" } }] });
    expect(statuses).toEqual({ thread: "interrupted", run: "success" });
    expect(answered).toMatchObject({ answer: "yes", trail: ["draft", "told", "ask", "discard", "publish"] });
  });

  it("updates by pairs, and answers in one", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "review");

    const values = await wait(thread_id, "review", { command: { resume: "no", update: [["trail", ["told"]]] } });

    expect(values).toMatchObject({ answer: "no", trail: ["draft", "told", "ask", "discard"] });
  });

  it("sends a node an input of its own", async () => {
    const thread_id = await aThread();
    await wait(thread_id, "agent", { input: { topic: "ice" } });

    const values = await wait(thread_id, "agent", {
      command: { goto: [{ node: "generate_joke", input: { topic: "rain" } }] },
    });

    expect(values).toEqual({ topic: "ice and cats", joke: "This is a joke about rain" });
  });

  it("beats the input", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "review");

    const values = await wait(thread_id, "review", { input: { trail: ["ignored"] }, command: { resume: "yes" } });

    expect(values).toMatchObject({ trail: ["draft", "ask", "publish"] });
  });
});

describe("interrupt_before and interrupt_after", () => {
  it.each([
    ["before a node", { interruptBefore: ["generate_joke"] }, ["generate_joke"]],
    ["after a node", { interruptAfter: ["refine_topic"] }, ["generate_joke"]],
    ["before every node", { interruptBefore: "*" as const }, ["refine_topic"]],
    ["after every node", { interruptAfter: "*" as const }, ["generate_joke"]],
  ])("stop %s; the next run without input goes on", async (_name, where, next) => {
    const thread_id = await aThread();

    const stopped = await wait(thread_id, "agent", { input: { topic: "ice" }, ...where });
    const state = await client.threads.getState(thread_id);
    const statuses = await statusesOf(thread_id);
    const values = await wait(thread_id, "agent", { input: null });

    expect(stopped).not.toHaveProperty("__interrupt__");
    expect(state.next).toEqual(next);
    expect(state.tasks.flatMap(({ interrupts }) => interrupts)).toEqual([]);
    expect(statuses).toEqual({ thread: "interrupted", run: "success" });
    expect(values).toEqual({ topic: "ice and cats", joke: "This is a joke about ice and cats" });
    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "success" });
  });

  it("end the stream with an empty interrupt", async () => {
    const thread_id = await aThread();

    const response = await post(`${server.url}/threads/${thread_id}/runs/stream`, {
      assistant_id: "agent",
      input: { topic: "ice" },
      interrupt_before: ["generate_joke"],
      stream_mode: "updates",
    });

    expect(framesOf(await response.text()).at(-1)).toMatchObject({ event: "updates", data: '{"__interrupt__":[]}' });
  });
});

describe("a fork", () => {
  it.each(["checkpoint", "checkpointId"] as const)("from before the question, by %s, asks again", async (by) => {
    const thread_id = await aThread();
    await ask(thread_id, "review");
    await wait(thread_id, "review", { command: { resume: "yes" } });
    const history = await client.threads.getHistory(thread_id, { limit: 50 });
    const before = history.find(({ next }) => next[0] === "draft")?.checkpoint;
    if (!before?.checkpoint_id) throw new Error("the run began somewhere");
    const place = by === "checkpoint" ? { checkpoint: before } : { checkpointId: before.checkpoint_id };

    const asked = (await wait(thread_id, "review", { input: null, ...place })) as unknown as Asked;
    const statuses = await statusesOf(thread_id);
    const values = await wait(thread_id, "review", { command: { resume: "no" } });

    expect(asked.__interrupt__).toHaveLength(1);
    expect(statuses).toEqual({ thread: "interrupted", run: "success" });
    expect(values).toMatchObject({ answer: "no", trail: ["draft", "ask", "discard"] });
    expect((await client.threads.get(thread_id)).values).toEqual(values);
    const all = await client.threads.getHistory<{ answer?: string }>(thread_id, { limit: 50 });
    expect(all.filter(({ values: { answer } }) => answer === "yes").length).toBeGreaterThan(0);
  });
});
