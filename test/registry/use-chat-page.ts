/** Uses a page of clients/pages as a person does, step by step, and looks at the server for what no page shows. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Client as Sdk } from "@langchain/langgraph-sdk";
import type { Profile, Tab } from "./chromium.ts";
import { PATIENCE } from "../support/patience.ts";
import { type Client, noCall, step, type Step } from "./results.ts";

export interface ChatPage {
  client: Client;
  profile: Profile;
  /** Of the page. */
  url: string;
  /** Of the server. */
  api: string;
  /** Steps that the client has no call for, and why. */
  without?: Partial<Record<Step, string>>;
  /** The page shows other branches of a message, too. */
  branches: boolean;
}

/** All words of the graphs that speak, as a page shows them. */
export const WORDS = Array.from({ length: 40 }, (_, n) => `w${n + 1}`).join(" ");
const HALF = WORDS.slice(0, WORDS.indexOf(" w21"));

export async function useChatPage({ client, profile, url, api, without = {}, branches }: ChatPage): Promise<void> {
  const sdk = new Sdk({ apiUrl: api, apiKey: null });
  const open = (gate: string) => sdk.runs.wait(null, "open_gate", { input: { gate } });
  const newChat = () => openChat(profile, url, { fresh: true });
  const gateOf = (name: string): string => `${client.client} ${name}`.replaceAll(/\W+/g, "-");
  const run = async (name: Step, use: (gate: string) => Promise<void>): Promise<void> => {
    const why = without[name];
    if (why === undefined) await step(client, name, () => use(gateOf(name)));
    else noCall(client, name, why);
  };
  /** The newest run of a thread has ended like this. */
  const ended = async (thread: string, status: string): Promise<void> => {
    assert.equal(await endOfNewestRun(sdk, thread), status);
  };

  /** What is said at the end of a thread, once nothing is at work on it. */
  const stored = async (thread: string): Promise<unknown[]> => {
    await ended(thread, "success");
    const { values } = await sdk.threads.getState<{ messages: { content: Content }[] }>(thread);
    return values.messages.map(({ content }) => textOf(content));
  };

  await run("chat turn", async (gate) => {
    await using chat = await newChat();
    await chat.send("hello");
    await chat.answered("You said: hello");
    await chat.send(`slowly ${gate}`);
    // Halfway, while the run goes on.
    await chat.answered(HALF);
    await open(gate);
    await chat.answered(WORDS);
    assert.deepEqual(await chat.said(), ["hello", "You said: hello", `slowly ${gate}`, WORDS]);
  });
  await run("tool call", async () => {
    await using chat = await newChat();
    await chat.send("weather in sf");
    await chat.answered("The weather in sf is sunny.");
    await chat.until(`document.querySelector("code")?.textContent === "get_weather"`);
    await chat.until(`document.body.textContent.includes("It's always sunny in sf!")`);
  });
  await run("interrupt and resume", async () => {
    await using chat = await newChat();
    await chat.send("ask me first");
    await chat.until(`document.body.textContent.includes("Approve")`);
    assert.deepEqual(await chat.said(), ["ask me first"]);
    await chat.click("Approve");
    await chat.answered("You said: ask me first");
  });
  await run("reload in mid-run", async (gate) => {
    await using chat = await newChat();
    await chat.send(`slowly ${gate}`);
    await chat.answered(HALF);
    await chat.reload();
    await chat.answered(HALF);
    await open(gate);
    await chat.answered(WORDS);
    assert.deepEqual(await chat.said(), [`slowly ${gate}`, WORDS]);
  });
  await run("stop", async (gate) => {
    await using chat = await newChat();
    await chat.send(`slowly ${gate}`);
    await chat.answered(HALF);
    await chat.click("Stop");
    await chat.until(`!document.body.textContent.includes("Stop")`);
    await ended(await chat.threadId(), "interrupted");
  });
  await run("stop from a second tab after a reload", async (gate) => {
    await using chat = await newChat();
    await chat.send(`slowly ${gate}`);
    await chat.answered(HALF);
    await using second = await openChat(profile, url);
    await second.answered(HALF);
    await second.reload();
    await second.answered(HALF);
    await second.click("Stop");
    await ended(await chat.threadId(), "interrupted");
    await chat.until(`!document.body.textContent.includes("Stop")`);
  });
  await run("five edits and a regenerate", async () => {
    await using chat = await newChat();
    await chat.send("one");
    await chat.answered("You said: one");
    for (const text of ["two", "three", "four", "five", "six"]) {
      await chat.write(text);
      await chat.click("Edit");
      await chat.answered(`You said: ${text}`);
      assert.deepEqual(await stored(await chat.threadId()), [text, `You said: ${text}`]);
    }
    assert.deepEqual(await chat.said(), ["six", "You said: six"]);
    assert.equal(await forksOf(sdk, await chat.threadId()), 5);
    await chat.click("Regenerate");
    // A page may look for the checkpoint first.
    while ((await forksOf(sdk, await chat.threadId())) < 6) await pause(100);
    await chat.until(`!document.body.textContent.includes("Stop")`);
    await chat.answered("You said: six");
    assert.deepEqual(await chat.said(), ["six", "You said: six"]);
    assert.equal(await forksOf(sdk, await chat.threadId()), 6);
    if (!branches) return;
    await chat.until(`document.body.textContent.includes("2 of 2")`);
    await chat.click("Previous");
    await chat.answered("You said: five");
    assert.deepEqual(await chat.said(), ["five", "You said: five"]);
  });
  await run("second tab follows", async (gate) => {
    await using chat = await newChat();
    await chat.send(`slowly ${gate}`);
    await chat.answered(HALF);
    await using second = await openChat(profile, url);
    await second.answered(HALF);
    await open(gate);
    await Promise.all([chat.answered(WORDS), second.answered(WORDS)]);
    assert.deepEqual(await second.said(), await chat.said());
  });
}

/** @returns its status */
export async function endOfNewestRun(sdk: Sdk, thread: string): Promise<string | undefined> {
  for (const began = performance.now(); performance.now() - began < PATIENCE; await pause(100)) {
    const [run] = await sdk.runs.list(thread, { limit: 1 });
    if (run?.status !== "running" && run?.status !== "pending") return run?.status;
  }
  throw new Error("the run does not end");
}

/** In how many places a thread goes on in more than one way: one for each edit and each regenerate. */
async function forksOf(sdk: Sdk, thread: string): Promise<number> {
  const history = await sdk.threads.getHistory(thread, { limit: 100 });
  const parents = history.map(({ parent_checkpoint }) => parent_checkpoint?.checkpoint_id ?? "none");
  return parents.length - new Set(parents).size;
}

/** Runs of the thread-centric protocol store blocks. */
type Content = string | { text?: string }[];
const textOf = (content: Content): string =>
  typeof content === "string" ? content : content.map(({ text = "" }) => text).join("");

interface Chat extends AsyncDisposable {
  write(text: string): Promise<void>;
  send(text: string): Promise<void>;
  click(button: string): Promise<void>;
  until(expression: string): Promise<void>;
  /** Resolves once the last message is this one. */
  answered(text: string): Promise<void>;
  /** What people and assistants said, in order. */
  said(): Promise<unknown>;
  reload(): Promise<void>;
  threadId(): Promise<string>;
}

const SAID = `[...document.querySelectorAll("li:is([data-type=human], [data-type=ai]) p")].map((one) => one.textContent.trim()).filter(Boolean)`;

/** @param fresh on a new thread, not on the one that the page remembers */
async function openChat(profile: Profile, url: string, { fresh = false } = {}): Promise<Chat> {
  const tab: Tab = await profile.openTab(url);
  if (fresh) {
    await tab.value("localStorage.clear()");
    await tab.open(url);
  }
  const write = async (text: string): Promise<void> => {
    await tab.until(`!!document.querySelector("input")`);
    await tab.value(`document.querySelector("input").value = ${JSON.stringify(text)}`);
  };
  return {
    write,
    async send(text) {
      await write(text);
      await tab.click("Send");
    },
    click: (button) => tab.click(button),
    until: (expression) => tab.until(expression),
    answered: (text) => tab.until(`${SAID}.at(-1) === ${JSON.stringify(text)}`),
    said: () => tab.value(SAID),
    reload: () => tab.open(url),
    threadId: async () => String(await tab.value(`localStorage.getItem("thread")`)),
    [Symbol.asyncDispose]: () => tab.close(),
  };
}
