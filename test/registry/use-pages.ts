/** N9: pages in Chromium: the component of README.md, the API reference of the server, and a page for each client that is a hook. */
import assert from "node:assert/strict";
import { Client as Sdk } from "@langchain/langgraph-sdk";
import { check } from "../deploy/report.ts";
import { type Browser, openBrowser } from "./chromium.ts";
import { versionOf } from "./install.ts";
import { checkTypes, openSite, type Site } from "./site.ts";
import { useA2aPage, useMcpPage } from "./use-agent-pages.ts";
import { type ChatPage, endOfNewestRun, useChatPage, WORDS } from "./use-chat-page.ts";

const PAGES = [
  "readme",
  "use-stream",
  "assistant-ui",
  "langchain-react",
  "assistant-ui-langchain",
  "mcp",
  "a2a",
] as const;
type Page = (typeof PAGES)[number];
const QUESTION = "What is the weather in Paris?";
const SAID = "[...document.querySelectorAll('p')].map((one) => one.textContent.trim())";

interface Place {
  /** With the installed clients. */
  folder: string;
  /** Address of the server. */
  api: string;
}

/** @param chromium its program */
export async function usePages(chromium: string, { folder, api }: Place): Promise<void> {
  await check("the pages type-check", () => checkTypes(folder, PAGES));
  const sites: Site[] = [];
  const site = async (page: Page): Promise<string> => {
    const opened = await openSite(folder, page, api);
    sites.push(opened);
    return opened.url;
  };
  const browser = await openBrowser(chromium);
  const useHook = async (page: Page, client: string, name: string, can: Pick<ChatPage, "branches" | "without">) => {
    const url = await site(page);
    await useChatPage({
      client: { client, package: name, version: versionOf(folder, name) },
      profile: await browser.newProfile(),
      url,
      api,
      ...can,
    });
  };
  try {
    await Promise.all([
      site("readme").then((url) => useReadmePage(browser, url, api)),
      useReference(browser, api),
      site("mcp").then((url) => useMcpPage(browser, url)),
      site("a2a").then((url) => useA2aPage(browser, url)),
      useHook("use-stream", "useStream", "@langchain/langgraph-sdk", { branches: true }),
      useHook("assistant-ui", "assistant-ui", "@assistant-ui/react-langgraph", {
        branches: false,
        without: {
          "reload in mid-run": LOADS_WHAT_IS_STORED,
          "stop from a second tab after a reload": LOADS_WHAT_IS_STORED,
          "second tab follows": LOADS_WHAT_IS_STORED,
        },
      }),
      useHook("langchain-react", "@langchain/react", "@langchain/react", { branches: false }),
      useHook("assistant-ui-langchain", "assistant-ui (LangChain)", "@assistant-ui/react-langchain", {
        branches: false,
        without: {
          "stop from a second tab after a reload":
            "its stop cancels the runs that it has started, not those that it finds",
        },
      }),
    ]);
  } finally {
    await browser.close();
    for (const opened of sites) opened.close();
  }
}

const LOADS_WHAT_IS_STORED = "it loads what a thread has stored, and joins no run";

async function useReadmePage(browser: Browser, address: string, api: string): Promise<void> {
  const page = await browser.openTab(address);
  const words = (n: number): string => `${SAID}.at(-1)?.includes("w${n}") === true`;
  const threadId = async () => String(await page.value(`localStorage.getItem("thread")`));
  await check("README's page: a question is asked, and waits for a person", async () => {
    await page.click("Ask");
    await page.until(`document.body.textContent.includes("Approve")`);
    assert.deepEqual(await page.value(SAID), [QUESTION]);
  });
  await check("README's page: approved, its words come one by one", async () => {
    await page.click("Approve");
    await page.until(words(20));
    assert.equal(String(await page.value(`${SAID}.at(-1)`)).includes("w21"), false);
  });
  await check("README's page: after a reload in the middle the run goes on in the page, without a gap", async () => {
    await page.open(address);
    await page.until(words(20));
    assert.ok(WORDS.startsWith(String(await page.value(`${SAID}.at(-1)`))));
    await openGate(api, await threadId());
    await page.until(words(40));
    assert.deepEqual(await page.value(SAID), [QUESTION, WORDS]);
  });
  await check("README's page: stopped, the run ends on the server", async () => {
    await page.value("localStorage.clear()");
    await page.open(address);
    await page.click("Ask");
    await page.click("Approve");
    await page.until(words(20));
    await page.click("Stop");
    assert.equal(await endOfNewestRun(new Sdk({ apiUrl: api, apiKey: null }), await threadId()), "interrupted");
    await page.until(`!document.body.textContent.includes("Stop")`);
  });
}

async function openGate(api: string, gate: string): Promise<void> {
  const body = JSON.stringify({ assistant_id: "open_gate", input: { gate } });
  await fetch(`${api}/runs/wait`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

/** `/docs` of the server itself: its policy must allow what the page does, and nothing else is asked. */
async function useReference(browser: Browser, api: string): Promise<void> {
  const page = await browser.openTab(`${api}/docs`);
  const form = (path: string) => `document.querySelector('form[data-method="POST"][data-path="${path}"]')`;
  const send = (path: string) =>
    page.value(`${form(path)}.closest("details").open = true, ${form(path)}.requestSubmit()`);
  const shown = (path: string) => `${form(path)}.querySelector("output").textContent`;
  await check("in the reference a request is sent, and its answer shown", async () => {
    // Its script is at its end.
    await page.until(`document.readyState === "complete"`);
    await send("/threads");
    await page.until(`${shown("/threads")}.includes('"thread_id"')`);
  });
  await check("a run on that thread is streamed there, and no other origin is asked", async () => {
    const stream = "/threads/{thread_id}/runs/stream";
    const body = `${form(stream)}.querySelector("textarea")`;
    await page.value(`${form(stream)}.closest("details").open = true`);
    await page.until(`${form(stream)}.querySelector("[name=thread_id]").value.length === 36`);
    await page.value(`${body}.value = ${body}.value.replace(/"chat"/, '"talk"')`);
    await send(stream);
    await page.until(`${shown(stream)}.includes("event: values")`);
    const asked = `performance.getEntriesByType("resource").filter(({ name }) => !name.startsWith(location.origin)).length`;
    assert.equal(await page.value(asked), 0);
  });
}
