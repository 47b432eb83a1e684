/** The thread-centric protocol as its stock clients see it: the controllers of SDK 1.15 and 1.11. */
import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { StreamController } from "@langchain/langgraph-sdk/stream";
import { Client as Client111 } from "langgraph-sdk-1.11";
import { StreamController as StreamController111 } from "langgraph-sdk-1.11/stream";
import { startCutProxy } from "../support/cut-proxy.ts";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { asProtocol } from "./protocol-client.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

type Controller = Pick<StreamController, "submit" | "respond" | "respondAll" | "stop" | "dispose"> & {
  rootStore: Pick<StreamController["rootStore"], "getSnapshot" | "subscribe">;
};

/** @param apiUrl default: the server itself */
type Open = (assistantId: string, threadId: string, apiUrl?: string) => Controller;

const reconnectDelayMs = () => 10;

const SDKS: [string, Open][] = [
  [
    "1.15",
    (assistantId, threadId, apiUrl = server.url) =>
      new StreamController({ assistantId, threadId, client: new Client({ apiUrl }), reconnectDelayMs }),
  ],
  [
    "1.11",
    (assistantId, threadId, apiUrl = server.url) =>
      new StreamController111({ assistantId, threadId, client: new Client111({ apiUrl }), reconnectDelayMs }),
  ],
];

/** Opens, does what a page does, and closes. */
async function withController<T>(
  [, open]: (typeof SDKS)[number],
  { graph, thread_id }: { graph: string; thread_id: string },
  use: (controller: Controller) => Promise<T>,
): Promise<T> {
  const controller = open(graph, thread_id);
  try {
    return await use(controller);
  } finally {
    await controller.dispose();
  }
}

const until = (controller: Controller, isIt: (now: ReturnType<Controller["rootStore"]["getSnapshot"]>) => boolean) =>
  new Promise<void>((resolve) => {
    const look = (): void => {
      if (!isIt(controller.rootStore.getSnapshot())) return;
      leave();
      resolve();
    };
    const leave = controller.rootStore.subscribe(look);
    look();
  });

const WEATHER = { messages: [{ type: "human", content: "weather?" }] };

describe.each(SDKS)("trap 29: SDK %s", (...sdk) => {
  const [, open] = sdk;

  it("trap 2: three submits on one thread, each with a fresh controller, end with their own run's state, not early", async () => {
    const thread_id = randomUUID();
    const ended: string[][] = [];
    for (const topic of ["cats", "dogs", "birds"]) {
      const values = await withController(sdk, { graph: "joke_llm", thread_id }, async (controller) => {
        await controller.submit({ topic });
        ended.push((await client.runs.list(thread_id)).map(({ status }) => status));
        // SDKs take the end from whichever of their two streams tells it first: the other one, with the values, may be behind.
        await until(controller, ({ values: now }) => now["topic"] === topic);
        return controller.rootStore.getSnapshot().values;
      });
      expect(values).toMatchObject({ topic });
    }
    expect(ended).toEqual([["success"], ["success", "success"], ["success", "success", "success"]]);
  });

  it("trap 6: shows messages and tool calls as they come, and after them the state's", async () => {
    const thread_id = randomUUID();
    const shown = await withController(sdk, { graph: "tool_agent", thread_id }, async (controller) => {
      await controller.submit(WEATHER);
      await until(controller, ({ messages }) => messages.length === 4);
      return controller.rootStore.getSnapshot();
    });

    expect(shown.messages.map((message) => [message.type, message.text])).toEqual([
      ["human", "weather?"],
      ["ai", ""],
      ["tool", "It's always sunny in sf!"],
      ["ai", "The weather in sf is sunny."],
    ]);
    expect(shown.toolCalls).toHaveLength(1);
    expect(shown.isLoading).toBe(false);
    expect(shown.error).toBeUndefined();
  });

  it("an interrupt of a subgraph is shown and answered", async () => {
    const thread_id = randomUUID();
    const values = await withController(sdk, { graph: "subgraph_interrupt", thread_id }, async (controller) => {
      await controller.submit({ said: [] });
      await until(controller, ({ interrupts }) => interrupts.length === 1);
      expect(controller.rootStore.getSnapshot().interrupts[0]?.value).toBe("inner?");
      await controller.respond("yes");
      await until(controller, ({ values: now }) => JSON.stringify(now).includes("last"));
      return controller.rootStore.getSnapshot().values;
    });

    expect(values).toMatchObject({ said: ["before", "inner: yes", "last"] });
  });

  it("parallel interrupts are answered together", async () => {
    const thread_id = randomUUID();
    await withController(sdk, { graph: "parallel_interrupts", thread_id }, async (controller) => {
      await controller.submit({ said: [] });
      await until(controller, ({ interrupts }) => interrupts.length === 2);
      const { interrupts } = controller.rootStore.getSnapshot();
      await controller.respondAll(
        Object.fromEntries(interrupts.map(({ id, value }) => [id ?? "", `to ${String(value)}`])),
      );
      await until(controller, ({ values }) => JSON.stringify(values).includes("last"));
    });

    const { values } = await client.threads.getState(thread_id);
    expect(values).toEqual({ said: ["free", "one: to one", "two: to two", "last"] });
  });

  it("a run that fails ends the submit, with its error", async () => {
    const thread_id = randomUUID();
    const error = await withController(sdk, { graph: "boom", thread_id }, async (controller) => {
      await controller.submit({}).catch(() => undefined);
      await until(controller, ({ error: told }) => told !== undefined);
      return controller.rootStore.getSnapshot().error;
    });

    expect(String(error)).toContain("something broke");
  });

  it("a stream that is cut again and again loses nothing and doubles nothing", async () => {
    const proxy = await startCutProxy(server.url, (n) => (n < 6 ? 1_500 + 700 * n : undefined));
    const controller = open("tool_agent", randomUUID(), proxy.url);
    await controller.submit(WEATHER);
    // The watcher may see the end while the stream of messages is being opened again.
    await until(controller, ({ messages: now }) => now.length === 4);
    const { messages, toolCalls } = controller.rootStore.getSnapshot();
    await controller.dispose();
    await proxy.stop();

    expect(proxy.cuts()).toBeGreaterThan(1);
    expect(messages.map(({ text }) => text)).toEqual([
      "weather?",
      "",
      "It's always sunny in sf!",
      "The weather in sf is sunny.",
    ]);
    expect(toolCalls).toHaveLength(1);
  });

  it("stop cancels the run", async () => {
    const thread_id = randomUUID();
    await withController(sdk, { graph: "slow", thread_id }, async (controller) => {
      const submitted = controller.submit({ n: 1, delay_ms: 0, gate: randomUUID() });
      await until(controller, ({ isLoading }) => isLoading);
      await expect.poll(async () => (await client.runs.list(thread_id))[0]?.status).toBe("running");
      await controller.stop();
      await submitted;
    });

    await expect.poll(async () => (await client.runs.list(thread_id))[0]?.status).toBe("interrupted");
  });
});

test("an answer that waits for nobody any more, given strictly, is refused with what waits", async () => {
  const thread = client.threads.stream({ assistantId: "hitl" });
  await thread.run.start({ input: { some_text: "a" } });
  for await (const _ of thread.values);
  const never = "0".repeat(32);
  await client.runs.wait(thread.threadId, "hitl", {
    command: { resume: { [never]: "yes" } },
    strictResume: true,
    raiseError: false,
  });
  const told = await asProtocol(() => server.url)
    .read(thread.threadId, { channels: ["lifecycle"] })
    .untilNextEnd();
  await thread.close();

  expect(told.at(-1)?.params.data).toMatchObject({ event: "failed", reason: "not_pending", interrupt_ids: [never] });
  expect(told.at(-1)?.params.data["pending_ids"]).toHaveLength(1);
});

test("an answer in one tab takes the question from the other (SDK 1.15)", async () => {
  const thread_id = randomUUID();
  const [sdk] = SDKS;
  if (!sdk) throw new Error("no SDK");
  const at = { graph: "hitl", thread_id };
  await withController(sdk, at, (one) =>
    withController(sdk, at, async (other) => {
      await one.submit({ some_text: "hello" });
      await until(one, ({ interrupts }) => interrupts.length === 1);
      await (other as StreamController).hydrate(thread_id);
      await until(other, ({ interrupts }) => interrupts.length === 1);

      // A controller shows the question of the state before its stream has told it where to answer.
      const answer = () =>
        other.respond("better").then(
          () => "answered",
          (error: unknown) => String(error),
        );
      await expect.poll(answer).toBe("answered");

      await until(one, ({ values, isLoading }) => values["some_text"] === "better" && !isLoading);
      expect(one.rootStore.getSnapshot().interrupts).toEqual([]);
    }),
  );
});

test("client.threads.stream: what is subscribed to after the end of the run still comes", async () => {
  const thread = client.threads.stream({ assistantId: "custom_data" });
  const first: unknown[] = [];
  await thread.run.start({ input: { foo: "a" } });
  for await (const values of thread.values) first.push(values);

  const custom: unknown[] = [];
  const late = await thread.subscribe("custom");
  for await (const value of late) {
    custom.push(value);
    break;
  }
  await thread.close();

  expect(first.length).toBeGreaterThan(0);
  expect(custom).toHaveLength(1);
});
