/** The stock clients of agents' protocols in Chromium: each page says what its client has seen. */
import assert from "node:assert/strict";
import { check } from "../deploy/report.ts";
import type { Browser } from "./chromium.ts";

const SEEN = { isTool: true, hasSession: true, told: ["refine_topic", "generate_joke"] };

/** @param address of pages/mcp.tsx */
export async function useMcpPage(browser: Browser, address: string): Promise<void> {
  await check("MCP in Chromium: tools, a call with progress, its result", async () => {
    const page = await browser.openTab(address);
    await page.until(`document.body.textContent !== ""`);
    const said = String(await page.value("document.body.textContent"));
    assert.deepEqual(JSON.parse(said), { ...SEEN, joke: "This is a joke about x and cats" });
  });
}
