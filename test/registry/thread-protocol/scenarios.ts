/** What each client of the thread-centric protocol has to live through, and what it must show of it. */
import assert from "node:assert/strict";
import type { Client as Sdk } from "@langchain/langgraph-sdk";
import { openLine } from "../../support/line.ts";
import type { DyingServer } from "./dying-server.ts";
import { ended } from "./run-of-thread.ts";
import type { Seat, SeatKind, View } from "./seat.ts";
import { until } from "./until.ts";

export interface Stage {
  kind: SeatKind;
  /** Address of the server, and its SDK. */
  api: string;
  sdk: Sdk;
  openGate: (name: string) => Promise<unknown>;
  /** A name of this client and scenario alone. */
  gate: string;
  dying: DyingServer;
}

const words = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => `w${from + n}`).join(" ");
const [HALF, ALL] = [words(1, 20), words(1, 40)];
const MANY = words(1, 1_000);

const trimmed = ({ said }: View): string[] => said.map((text) => text.trim()).filter(Boolean);
const shows = async (seat: Seat, said: readonly string[]): Promise<View> =>
  until(seat.view, (view) => JSON.stringify(trimmed(view)) === JSON.stringify(said));
const threadOf = async (seat: Seat): Promise<string> =>
  (await until(seat.view, ({ threadId }) => threadId !== null)).threadId ?? "";
const ONCE = { runs: 1, status: "success" };

export const SCENARIOS: Record<string, (stage: Stage) => Promise<void>> = {
  "first message on a new thread": async ({ kind, api, sdk }) => {
    await using seat = await kind.open({ api, assistant: "talk" });
    await seat.send("hello");
    await shows(seat, ["hello", "You said: hello"]);
    await ended(sdk, await threadOf(seat), ONCE);
    await until(seat.view, ({ isBusy }) => !isBusy);
  },

  "second message on an existing one": async ({ kind, api, sdk }) => {
    const { thread_id: threadId } = await sdk.threads.create();
    await sdk.runs.wait(threadId, "talk", { input: { messages: [{ role: "user", content: "hello" }] } });
    await using seat = await kind.open({ api, assistant: "talk", threadId });
    await shows(seat, ["hello", "You said: hello"]);
    await seat.send("again");
    await shows(seat, ["hello", "You said: hello", "again", "You said: again"]);
    await ended(sdk, threadId, { runs: 2, status: "success" });
  },

  "tool calls": async ({ kind, api }) => {
    await using seat = await kind.open({ api, assistant: "talk" });
    await seat.send("weather in sf");
    const { tools } = await shows(seat, ["weather in sf", "The weather in sf is sunny."]);
    assert.deepEqual(tools, ["get_weather"]);
  },

  subgraphs: async ({ kind, api }) => {
    await using seat = await kind.open({ api, assistant: "wide" });
    await seat.send("below");
    await shows(seat, ["below", "From below."]);
    await until(seat.view, ({ graphs }) => graphs.includes("below"));
  },

  "custom channels": async ({ kind, api }) => {
    await using seat = await kind.open({ api, assistant: "wide" });
    await seat.send("report");
    await shows(seat, ["report", "Reported."]);
    const { progress } = await until(seat.view, (view) => view.progress.length >= 3);
    assert.deepEqual(progress, [{ step: 1 }, { step: 2 }, { step: 3 }]);
  },

  "two questions, answered at once": async ({ kind, api }) => {
    await using seat = await kind.open({ api, assistant: "wide" });
    await seat.send("ask twice");
    await until(seat.view, ({ questions }) => questions.length === 2);
    await seat.answerAll();
    await shows(seat, ["ask twice", "one? to one?", "two? to two?"]);
    await until(seat.view, ({ questions }) => questions.length === 0);
  },

  "two questions, one by one": async ({ kind, api, sdk }) => {
    await using seat = await kind.open({ api, assistant: "wide" });
    await seat.send("ask twice");
    await until(seat.view, ({ questions }) => questions.length === 2);
    await ended(sdk, await threadOf(seat), ONCE);
    await seat.answer("two?");
    await ended(sdk, await threadOf(seat), { runs: 2, status: "success" });
    await until(seat.view, ({ questions }) => questions.join() === "one?");
    await seat.answer("one?");
    await shows(seat, ["ask twice", "one? to one?", "two? to two?"]);
    await until(seat.view, ({ questions }) => questions.length === 0);
  },

  "two tabs": async ({ kind, api, gate, openGate }) => {
    await using seat = await kind.open({ api, assistant: "talk" });
    await seat.send(`slowly ${gate}`);
    await shows(seat, [`slowly ${gate}`, HALF]);
    await using other = await kind.open({ api, assistant: "talk", threadId: await threadOf(seat) });
    await shows(other, [`slowly ${gate}`, HALF]);
    await openGate(gate);
    await Promise.all([seat, other].map((one) => shows(one, [`slowly ${gate}`, ALL])));
  },

  "reload in mid-run": async ({ kind, api, gate, openGate }) => {
    const seat = await kind.open({ api, assistant: "talk" });
    await seat.send(`slowly ${gate}`);
    await shows(seat, [`slowly ${gate}`, HALF]);
    const threadId = await threadOf(seat);
    await seat[Symbol.asyncDispose]();
    await using again = await kind.open({ api, assistant: "talk", threadId });
    await shows(again, [`slowly ${gate}`, HALF]);
    await openGate(gate);
    await shows(again, [`slowly ${gate}`, ALL]);
  },

  stop: async ({ kind, api, sdk, gate }) => {
    await using seat = await kind.open({ api, assistant: "talk" });
    await seat.send(`slowly ${gate}`);
    await shows(seat, [`slowly ${gate}`, HALF]);
    await seat.stop();
    await ended(sdk, await threadOf(seat), { runs: 1, status: "interrupted" });
    await until(seat.view, ({ isBusy }) => !isBusy);
  },

  "offline while the run goes on": async ({ kind, api, sdk, gate, openGate }) => {
    const line = await openLine(api);
    try {
      await using seat = await kind.open({ api: line.url, assistant: "talk" });
      await seat.send(`slowly ${gate}`);
      await shows(seat, [`slowly ${gate}`, HALF]);
      const threadId = await threadOf(seat);
      line.cut();
      await openGate(gate);
      await ended(sdk, threadId, ONCE);
      await until(
        () => Promise.resolve(line.refused()),
        (refused) => refused > 0,
      );
      line.mend();
      await shows(seat, [`slowly ${gate}`, ALL]);
      await until(seat.view, ({ isBusy }) => !isBusy);
    } finally {
      line.close();
    }
  },

  "the server and its worker killed in mid-run": async ({ kind, gate, dying }) => {
    await using seat = await kind.open({ api: dying.url, assistant: "talk" });
    await seat.send(`slowly ${gate}`);
    await shows(seat, [`slowly ${gate}`, HALF]);
    await dying.dies(kind.client.client);
    await dying.openGate(gate);
    await until(seat.view, (view) => trimmed(view).includes(ALL) && !view.isBusy);
    const threadId = await threadOf(seat);
    await using again = kind.keepsHalves ? await kind.open({ api: dying.url, assistant: "talk", threadId }) : undefined;
    await shows(again ?? seat, [`slowly ${gate}`, ALL]);
    assert.equal(await dying.attempts(threadId), 2);
  },

  "1,000 events replayed": async ({ kind, api, gate, openGate }) => {
    const seat = await kind.open({ api, assistant: "wide" });
    await seat.send(`many ${gate}`);
    await shows(seat, [`many ${gate}`, MANY]);
    const threadId = await threadOf(seat);
    await seat[Symbol.asyncDispose]();
    await using again = await kind.open({ api, assistant: "wide", threadId });
    await shows(again, [`many ${gate}`, MANY]);
    await openGate(gate);
    await shows(again, [`many ${gate}`, `${MANY} w1001`]);
  },
};
