/** The stock clients of agents' protocols in Chromium: each page says what its client has seen. */
import assert from "node:assert/strict";
import { check } from "../deploy/report.ts";
import type { Browser } from "./chromium.ts";

/** @param address of pages/mcp.tsx */
export const useMcpPage = (browser: Browser, address: string): Promise<void> =>
  usePage(browser, address, {
    title: "MCP in Chromium: tools, a call with progress, its result",
    seen: {
      isTool: true,
      hasSession: true,
      told: ["refine_topic", "generate_joke"],
      joke: "This is a joke about x and cats",
    },
  });

/** @param address of pages/a2a.tsx */
export const useA2aPage = (browser: Browser, address: string): Promise<void> =>
  usePage(browser, address, {
    title: "A2A in Chromium: a card, a message whose answer is streamed",
    seen: { words: "You said: hello", isCompleted: true },
  });

const usePage = (browser: Browser, address: string, { title, seen }: { title: string; seen: object }): Promise<void> =>
  check(title, async () => {
    const page = await browser.openTab(address);
    await page.until(`document.body.textContent !== ""`);
    assert.deepEqual(JSON.parse(String(await page.value("document.body.textContent"))), seen);
  });
