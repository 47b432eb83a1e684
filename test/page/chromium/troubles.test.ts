/** The page `/watch` when something is wrong: each time a sentence that a person understands, and a way on. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { GOLDEN, startServer, type TestServer } from "../../support/server.ts";
import { chromium, openPage, type PageUnderTest, says, textsOf, write } from "./open-page.ts";
import { relayTo } from "./relay.ts";

const withKey = (key: string): Record<string, string> => ({
  THREADLINE_AUTH: "key",
  THREADLINE_API_KEY_SHA256: createHash("sha256").update(key).digest("hex"),
});

describe.skipIf(chromium === undefined)("in Chromium", () => {
  let page: PageUnderTest;
  let data: string;
  /** Started anew by some tests, on the same port and data. */
  let server: TestServer;
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "threadline-page-"));
    page = await openPage({ data });
    ({ server } = page);
  });
  afterAll(async () => {
    await server.stop();
    await page[Symbol.asyncDispose]();
    rmSync(data, { recursive: true, force: true });
  });
  const startAgain = async (env: Record<string, string> = {}): Promise<void> => {
    await server.stop();
    server = await startServer({ config: GOLDEN, data, port: page.server.port, env });
  };
  const ran = async (): Promise<string> => {
    const { thread_id } = await page.client.threads.create();
    await page.client.runs.wait(thread_id, "agent", { input: { topic: "ice" } });
    return thread_id;
  };

  test.each([
    ["of another path", "../x"],
    ["of another path, encoded", "%2e%2e%2Finfo"],
    ["with a slash", "a%2Fb"],
    ["that no URL has", "%E0%A4%A"],
    ["of 100,000 characters", "x".repeat(100_000)],
    ["with HTML", "<img src=x onerror=alert(1)>"],
  ])("an id in the address %s is no thread: nothing is asked for it, and a link leads on", async (_, id) => {
    await using tab = await page.tab(`#/threads/${id}`);

    await tab.until(says("No such thread"));
    const asked = `performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)`;
    expect((await tab.value(asked)) as string[]).not.toContainEqual(
      expect.stringMatching(/info|\/x|threads\/(?!search)/),
    );
    expect(Number(await tab.value("document.body.textContent.length"))).toBeLessThan(5_000);
    await tab.value(`[...document.querySelectorAll(".empty a")][0].click()`);

    await tab.until(says("Choose a thread, or start a run."));
  });

  test.each(["", "/", "/?pane=none&run=none"])("an address that ends after threads%s opens the list", async (rest) => {
    await using tab = await page.tab(`#/threads${rest}`);

    await tab.until(says("Choose a thread, or start a run."));
    expect(await tab.value(textsOf(".problem"))).toEqual([]);
  });

  test("a thread that does not exist, and one that is deleted while it is open, are told from one that loads", async () => {
    const thread = await ran();
    await using tab = await page.tab("#/threads/00000000-0000-4000-8000-000000000000");
    await tab.until(says("It was deleted, or never was, or is not for this key."));
    await tab.value(`location.hash = "#/threads/${thread}?pane=state"`);
    await tab.until(says("Nothing is left to do"));

    await page.client.threads.delete(thread);

    await tab.until(says("This thread was deleted."));
    await tab.value(`[...document.querySelectorAll("p.problem a")][0].click()`);
    await tab.until(says("Choose a thread, or start a run."));
    await tab.until(`!${textsOf(".threads code")}.includes(${JSON.stringify(thread.slice(-12))})`);
    expect(await tab.value("location.hash")).not.toContain(thread);
  });

  test("what one tab does is seen in the other", async () => {
    const thread = await page.atWork("watch-two-tabs");
    await using one = await page.tab(`#/threads/${thread}?pane=stream`);
    await using other = await page.tab(`#/threads/${thread}`);
    await one.until(`${textsOf(".title .status")}[0] === "busy"`);

    await other.click("Cancel run");

    await one.until(`${textsOf(".title .status")}[0] !== "busy"`);
    await one.until(says("the run has ended"));
    const [run] = await page.client.runs.list(thread);
    expect(run?.status).toBe("interrupted");
  });

  test.each([429, 503])("a server that answers %i is asked again, and what was loaded stays", async (status) => {
    const gate = `watch-${status}`;
    const thread = await page.atWork(gate);
    await using network = await relayTo(page.server.port);
    await using tab = await page.tab(`#/threads/${thread}?pane=stream`, network.url);
    await tab.until(`document.querySelectorAll(".event").length >= 4`);

    network.answerWith(status);
    await tab.until(says(`the server has no time (${status}): it is asked again`));
    await tab.click("Cancel run");
    await tab.until(says(status === 429 ? "too much to do at the moment (429)" : "cannot answer at the moment (503)"));
    expect(await tab.value(`document.querySelectorAll(".event").length >= 4`)).toBe(true);
    await page.openGate(gate);
    network.bringBack();

    await tab.until(says("the run has ended"));
    await tab.until(says("live"));
  });

  test("a page that opens while the server is busy loads when it is not any more", async () => {
    const thread = await ran();
    await using network = await relayTo(page.server.port);
    await using tab = await page.tab("", network.url);
    await tab.until(`${textsOf(".threads li")}.length > 0`);
    network.answerWith(503);
    await tab.value(`location.hash = "#/threads/${thread}?pane=state"`);
    await tab.until(says("cannot answer at the moment (503)"));

    network.bringBack();

    await tab.until(says("Nothing is left to do"));
    await tab.until(`document.querySelectorAll(".threads li").length > 0`);
    await tab.until(`document.querySelectorAll(".problem").length === 0`);
    expect(await tab.value(textsOf(".connection"))).toEqual(["live"]);
  });

  test("a clock that is two hours ahead or behind changes no duration and no age", async () => {
    const thread = await page.atWork("watch-clock");
    for (const skew of [-7_200_000, 7_200_000]) {
      await using tab = await page.tab("");
      await tab.command("Page.addScriptToEvaluateOnNewDocument", {
        source: `{ const { now } = Date; Date.now = () => now() + ${skew}; }`,
      });
      await tab.command("Page.enable");
      await tab.open(`${page.server.url}/watch?${skew}#/threads/${thread}`);
      await tab.until(`${textsOf(".runs time")}.length === 1`);
      await tab.until(`${textsOf(".runs .faint")}.every((text) => / s$/.test(text) && !text.startsWith("0.00"))`);

      expect(await tab.value(textsOf(".runs time"))).toEqual([expect.stringMatching(/^(now|1 min)$/)]);
    }
    await page.openGate("watch-clock");
  });

  test("the same key, taken again after it was refused, opens the thread again", async () => {
    const thread = await ran();
    await using network = await relayTo(page.server.port);
    await using tab = await page.tab(`#/threads/${thread}?pane=stream`, network.url);
    await tab.until(says("the run has ended"));

    network.answerWith(401);
    await tab.until(says("This server wants a key."));
    await write(tab, "input[name=key]", "same");
    await tab.click("Open");
    await tab.until(says("The server does not take this key, or not any more."));
    network.bringBack();
    await write(tab, "input[name=key]", "same");
    await tab.click("Open");

    await tab.until(says("live"));
    await tab.until(says("the run has ended"));
    expect(await tab.value(`document.querySelectorAll("main:not(.key)").length`)).toBe(1);
  });

  test("stopped and started again, the server goes on where it was, in the page, too", async () => {
    const thread = await page.atWork("watch-restart");
    await using tab = await page.tab(`#/threads/${thread}?pane=stream`);
    await tab.until(`document.querySelectorAll(".event").length >= 4`);

    await startAgain();
    await page.openGate("watch-restart");

    await tab.until(says("the run has ended"));
    await tab.until(`${textsOf(".title .status")}[0] === "idle"`);
    const ids = (await tab.value(textsOf(".event code"))) as string[];
    expect(ids).toEqual([...new Set(ids)]);
  });

  test("a key that is changed while the page is open: it asks for the new one, and what was written is still there", async () => {
    await startAgain(withKey("old"));
    await using tab = await page.tab("#key=old");
    await tab.until(`${textsOf(".threads li")}.length > 0`);
    await tab.value(`location.hash = "#/?new"`);
    await tab.until(says("Start"));
    await tab.until(`!!document.querySelector("textarea")`);
    await tab.click("As JSON");
    await write(tab, ".start textarea", `{"topic": "what I wrote"}`);

    await startAgain(withKey("new"));
    await tab.until(says("The server does not take this key, or not any more."));
    await write(tab, "input[name=key]", "Schlüssel");
    await tab.click("Open");
    await tab.until(says("No key has such characters"));
    await write(tab, "input[name=key]", "new");
    await tab.click("Open");

    await tab.until(says("Start"));
    expect(await tab.value(`document.querySelector(".start textarea").value`)).toContain("what I wrote");
    await tab.click("Start");
    await tab.until(`location.hash.includes("threads/")`);
    const client = new Client({ apiUrl: page.server.url, apiKey: "new" });
    expect(await client.threads.count()).toBeGreaterThan(0);
  });
});
