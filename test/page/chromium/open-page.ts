/** The page `/watch` in Chromium, beside a server of the golden graphs. */
import { Client } from "@langchain/langgraph-sdk";
import { type Browser, findChromium, openBrowser, type Tab } from "../../registry/chromium.ts";
import { GOLDEN, startServer, type TestServer, type TestServerOptions } from "../../support/server.ts";

export const chromium = findChromium();
export const WHY_SKIPPED = "no Chromium on PATH: the page is not looked at";

export interface PageUnderTest extends AsyncDisposable {
  server: TestServer;
  client: Client;
  browser: Browser;
  /** @param hash `#/threads/<id>?pane=stream` @param url of the server, as the browser reaches it */
  tab(hash?: string, url?: string): Promise<Tab & AsyncDisposable>;
  /** A thread whose run is at work until its gate is opened. */
  atWork(gate: string): Promise<string>;
  openGate(gate: string): Promise<unknown>;
}

export async function openPage(options: TestServerOptions = {}, apiKey: string | null = null): Promise<PageUnderTest> {
  const [server, browser] = await Promise.all([
    startServer({ config: GOLDEN, ...options }),
    openBrowser(chromium ?? ""),
  ]);
  const client = new Client({ apiUrl: server.url, apiKey });
  return {
    server,
    browser,
    client,
    async tab(hash = "", url = server.url) {
      const tab = await browser.openTab(`${url}/watch${hash}`);
      // A tab that is opened while another one closes may stay behind it, where a browser draws nothing.
      await tab.command("Page.bringToFront");
      return { ...tab, [Symbol.asyncDispose]: () => tab.close() };
    },
    async atWork(gate) {
      const { thread_id } = await client.threads.create();
      const input = { n: 3, delay_ms: 0, gate };
      await client.runs.create(thread_id, "slow", { input, streamMode: ["custom", "values"] });
      return thread_id;
    },
    openGate: (gate) => client.runs.wait(null, "open_gate", { input: { gate } }),
    async [Symbol.asyncDispose]() {
      await Promise.all([browser.close(), server.stop()]);
    },
  };
}

/** The page shows this text. */
export const says = (text: string): string => `document.body.innerText.includes(${JSON.stringify(text)})`;

/** Of the elements that a selector finds. */
export const textsOf = (selector: string): string =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => (one.innerText ?? one.textContent).replaceAll(/\\s+/g, " ").trim())`;

/** As a person types: the field's events come, too. */
export async function write(tab: Tab, selector: string, text: string): Promise<void> {
  const found = `document.querySelector(${JSON.stringify(selector)})`;
  await tab.until(`!!${found}`);
  await tab.value(
    `{ const one = ${found}; one.value = ${JSON.stringify(text)}; ` +
      `for (const name of ["input", "change"]) one.dispatchEvent(new Event(name, { bubbles: true })); }`,
  );
}
