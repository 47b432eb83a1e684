/** The page `/watch` for everyone: with a key, by keyboard, for a screen reader, on a phone, in dark, and with a run of 20,000 events. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Tab } from "../../registry/chromium.ts";
import { chromium, openPage, type PageUnderTest, says, textsOf, write } from "./open-page.ts";

const KEY = "a key of this test";
const SHA256 = createHash("sha256").update(KEY).digest("hex");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EVENTS = 20_000;
const PANES = ["timeline", "stream", "state", "history", "graph", "cost"];

/** In the page: all refusals but the first are `held` until they are released, and counted when the page has had time to act. */
const HOLDS_LATE_REFUSALS = `{
  const ask = fetch;
  let refusals = 0;
  [window.held, window.given] = [[], 0];
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (answer.status !== 401 || refusals++ === 0) return answer;
    await new Promise((release) => held.push(release));
    setTimeout(() => given++);
    return answer;
  };
  0
}`;

/** What axe finds in the page as it is. */
async function findings(tab: Tab): Promise<string[]> {
  await tab.value(`${AXE}; 0`);
  await tab.value(
    `window.found = undefined; axe.run().then(({ violations }) => (window.found = violations.flatMap(({ id, nodes }) => ` +
      `nodes.map(({ html }) => id + ": " + html.slice(0, 160))))); 0`,
  );
  await tab.until("Array.isArray(window.found)");
  return (await tab.value("window.found")) as string[];
}

async function press(tab: Tab, key: string): Promise<void> {
  for (const type of ["keyDown", "keyUp"]) await tab.command("Input.dispatchKeyEvent", { type, key });
}

const look = async (tab: Tab, { width, scheme }: { width: number; scheme: string }): Promise<void> => {
  const mobile = width < 700;
  await tab.command("Emulation.setDeviceMetricsOverride", { width, height: 780, deviceScaleFactor: 1, mobile });
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await tab.command("Emulation.setEmulatedMedia", { features });
};

describe.skipIf(chromium === undefined)("in Chromium", () => {
  let page: PageUnderTest;
  let asked: string;
  beforeAll(async () => {
    page = await openPage({ env: { THREADLINE_AUTH: "key", THREADLINE_API_KEY_SHA256: SHA256 } }, KEY);
    const { thread_id } = await page.client.threads.create();
    const { run_id } = await page.client.runs.create(thread_id, "review", {
      input: {},
      streamMode: ["values", "tasks"],
    });
    await page.client.runs.join(thread_id, run_id);
    asked = thread_id;
  });
  afterAll(() => page[Symbol.asyncDispose]());

  test("asks for the key once, and says when it is wrong; then it is in no address and no other tab", async () => {
    await using tab = await page.tab(`#/threads/${asked}`);

    await tab.until(says("This server wants a key"));
    const found = await findings(tab);
    await write(tab, "input[name=key]", "wrong");
    await tab.click("Open");
    await tab.until(says("does not take this key"));
    found.push(...(await findings(tab)));
    await write(tab, "input[name=key]", KEY);
    await tab.click("Open");

    await tab.until(says("The graph asks"));
    expect(found).toEqual([]);
    await tab.command("Page.reload");
    await tab.until(says("The graph asks"));
    await using other = await page.tab();
    await other.until(says("This server wants a key"));
    expect(await tab.value("location.href")).not.toContain("key");
  });

  test("a refusal of the key before, which comes late, does not take away the new one", async () => {
    await using tab = await page.tab(`#/threads/${asked}`);
    await tab.until(says("This server wants a key"));
    await tab.value(HOLDS_LATE_REFUSALS);
    await write(tab, "input[name=key]", "wrong");
    await tab.click("Open");
    await tab.until(`${says("does not take this key")} && held.length > 0`);
    await write(tab, "input[name=key]", KEY);
    await tab.click("Open");
    await tab.until(says("The graph asks"));

    await tab.value("for (const release of held) release(); 0");

    await tab.until("given === held.length");
    expect(await tab.value(says("The graph asks"))).toBe(true);
  });

  test("takes the key of a link out of its address", async () => {
    await using tab = await page.tab(`#key=${encodeURIComponent(KEY)}`);

    await tab.until(`${textsOf(".threads li")}.length > 0`);

    expect(await tab.value("location.hash")).toBe("#/");
  });

  test.each([
    { width: 1280, scheme: "light" },
    { width: 1280, scheme: "dark" },
    { width: 390, scheme: "light" },
    { width: 390, scheme: "dark" },
  ])("axe finds nothing at $width px in $scheme, and nothing is wider than the window", async (how) => {
    await using tab = await page.tab(`#key=${encodeURIComponent(KEY)}`);
    await look(tab, how);
    await tab.until(`${textsOf(".threads li")}.length > 0`);
    const found: string[] = await findings(tab);

    for (const hash of [...PANES.map((pane) => `#/threads/${asked}?pane=${pane}`), "#/?new"]) {
      await tab.value(`location.hash = ${JSON.stringify(hash)}`);
      await tab.until(hash.includes("new") ? says("Assistant") : `document.querySelector("#pane > div") !== null`);
      found.push(...(await findings(tab)).map((one) => `${hash} ${one}`));
      const tooWide = await tab.value("document.documentElement.scrollWidth > innerWidth");
      if (tooWide === true) found.push(`${hash} is wider than the window`);
    }

    expect(found).toEqual([]);
  });

  test("arrow keys go through the tabs, a slash to the search", async () => {
    await using tab = await page.tab(`#key=${encodeURIComponent(KEY)}`);
    await tab.until(`${textsOf(".threads li")}.length > 0`);
    await tab.value(`location.hash = "#/threads/${asked}"`);
    await tab.until(`document.querySelector("[role=tab]") !== null`);

    await tab.value(`document.querySelector("[role=tab]").focus()`);
    await press(tab, "ArrowRight");
    await tab.until(`${textsOf("[role=tab][aria-selected=true]")}[0] === "Stream"`);
    await tab.until(`document.activeElement?.innerText === "Stream"`);
    await press(tab, "/");

    expect(await tab.value("document.activeElement?.id")).toBe("search");
  });

  test(`draws what is seen of a run of ${EVENTS} events, and goes to its first and its last`, async () => {
    const { thread_id } = await page.client.threads.create();
    const input = { n: EVENTS, bytes: 40 };
    const { run_id } = await page.client.runs.create(thread_id, "big", { input, streamMode: ["custom"] });
    await using tab = await page.tab(`#key=${encodeURIComponent(KEY)}`);
    await tab.until(`${textsOf(".threads li")}.length > 0`);
    await tab.value(`location.hash = "#/threads/${thread_id}?pane=stream"`);

    await page.client.runs.join(thread_id, run_id);
    await tab.until(says("the run has ended"));
    await tab.until(says(`${(EVENTS + 2).toLocaleString("en")} events`));
    expect(await tab.value(`document.querySelectorAll(".virtual .row").length`)).toBeLessThan(100);
    await tab.value(`document.querySelector(".virtual").scrollTop = 0`);

    await tab.until(says("attempt 1"));
    const [first] = (await tab.value(textsOf(".virtual .row"))) as string[];
    expect(first).toContain("metadata");
  });

  test("asks nobody but its server, and its policy has nothing to refuse", async () => {
    await using tab = await page.tab(`#key=${encodeURIComponent(KEY)}`);
    await tab.value(
      `window.refused = []; addEventListener("securitypolicyviolation", ({ blockedURI }) => refused.push(blockedURI))`,
    );
    await tab.until(`${textsOf(".threads li")}.length > 0`);
    await tab.value(`location.hash = "#/threads/${asked}?pane=graph"`);
    await tab.until(`${textsOf(".node text")}.length > 3`);

    const others = `performance.getEntriesByType("resource").filter(({ name }) => !name.startsWith(location.origin)).length`;
    expect(await tab.value(`[window.refused.length, ${others}]`)).toEqual([0, 0]);
  });
});
