/** The example of examples/chat as its README says it: installed, built, served by its own server, and used in Chromium. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client as Sdk } from "@langchain/langgraph-sdk";
import { check } from "../deploy/report.ts";
import { type Browser, openBrowser, type Tab } from "./chromium.ts";
import { endOfNewestRun, WORDS } from "./use-chat-page.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/chat", import.meta.url));
const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const HALF = WORDS.slice(0, WORDS.indexOf(" w21"));
const KEY = "the-key-of-the-example";
const QUESTION = "What is the weather in Paris?";
const SAID = "[...document.querySelectorAll('p.human, p.ai')].map((one) => one.textContent.trim()).filter(Boolean)";

/** @param folder where it is installed @param api address of the server */
export async function useExample(chromium: string, { folder, api }: { folder: string; api: string }): Promise<void> {
  const execute = (program: string, args: string[]) => promisify(execFile)(program, args, { cwd: folder });
  await check("the example is installed, type-checks and is built", async () => {
    cpSync(EXAMPLE, folder, {
      recursive: true,
      filter: (path) => !/node_modules|dist/.test(path.slice(EXAMPLE.length)),
    });
    await execute("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
    await Promise.all([execute(process.execPath, [TSC, "-p", "."]), execute("npm", ["run", "build"])]);
  });
  const served = spawn(process.execPath, ["serve.mjs"], {
    cwd: folder,
    env: { ...process.env, PORT: "0", THREADLINE_URL: api, THREADLINE_KEY: KEY },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const browser = await openBrowser(chromium);
  try {
    const url = await addressOf(served);
    for (const page of ["chat", "classic"] as const) await usePage(browser, { page, url, api });
  } finally {
    await browser.close();
    served.kill();
  }
}

async function addressOf(served: ChildProcess): Promise<string> {
  if (!served.stdout) throw new Error("it prints nothing");
  const [line] = (await once(createInterface({ input: served.stdout }), "line")) as [string];
  return line;
}

interface Page {
  page: "chat" | "classic";
  url: string;
  api: string;
}

async function usePage(browser: Browser, { page, url, api }: Page): Promise<void> {
  const address = page === "chat" ? url : `${url}/classic.html`;
  const tab = await browser.openTab(address);
  const sdk = new Sdk({ apiUrl: api, apiKey: null });
  const threadId = async () =>
    String(await tab.value(`localStorage.getItem("${page === "chat" ? "thread" : "classic"}")`));
  const answered = (text: string) => tab.until(`${SAID}.at(-1) === ${JSON.stringify(text)}`);
  await check(`${page}: a question waits for a person, and is answered word by word`, async () => {
    await ask(tab);
    await tab.click("Approve");
    await answered(HALF);
  });
  await check(`${page}: after a reload the run goes on in the page`, async () => {
    await tab.open(address);
    await answered(HALF);
    await sdk.runs.wait(null, "open_gate", { input: { gate: await threadId() } });
    await answered(WORDS);
    assert.deepEqual(await tab.value(SAID), [QUESTION, WORDS]);
    assert.equal(await endOfNewestRun(sdk, await threadId()), "success");
  });
  await check(`${page}: the thread goes on with a second question`, async () => {
    await tab.until(`!document.body.textContent.includes("Stop")`);
    await ask(tab);
    await tab.click("Approve");
    await tab.until(`${SAID}.length === 4 && ${SAID}.at(-1) === ${JSON.stringify(WORDS)}`);
  });
  await check(`${page}: stopped, the run ends on the server`, async () => {
    await tab.value("localStorage.clear()");
    await tab.open(address);
    await ask(tab);
    await tab.click("Approve");
    await answered(HALF);
    if (page === "chat") {
      await tab.open(address);
      await answered(HALF);
    }
    await tab.click("Stop");
    assert.equal(await endOfNewestRun(sdk, await threadId()), "interrupted");
  });
  await check(`${page}: no other origin is asked, and the key is in no file`, async () => {
    const asked = `performance.getEntriesByType("resource").map(({ name }) => name)`;
    const names = (await tab.value(asked)) as string[];
    assert.ok(names.length > 0);
    for (const name of names) assert.ok(name.startsWith(`${url}/`), name);
    const files = names.filter((name) => !name.startsWith(`${url}/threads`));
    for (const file of files) assert.equal((await (await fetch(file)).text()).includes(KEY), false);
    assert.equal((await fetch(`${url}/store/items`)).status, 404);
  });
  await tab.close();
}

async function ask(tab: Tab): Promise<void> {
  await tab.until(`!!document.querySelector("input")`);
  await tab.click("Ask");
}
