/** The page `/watch` with what nobody wishes for: HTML, overrides of direction and megabytes in everything that somebody else writes. */
import { fileURLToPath } from "node:url";
import type { Tab } from "../../registry/chromium.ts";
import { chromium, openPage, type PageUnderTest, says, textsOf } from "./open-page.ts";

const CONFIG = fileURLToPath(new URL("../../fixtures/hostile/langgraph.json", import.meta.url));
const PANES = ["timeline", "stream", "state", "history", "graph", "cost"];
/** HTML, a link that runs, an override of direction, half a surrogate pair, colours of a terminal. */
const HOSTILE = `"><img src=x onerror=ran()><script>ran()</script> javascript:ran() \u202egnp.exe \ud800 \u001b[31mred`;
const SHOWN = String.raw`"><img src=x onerror=ran()><script>ran()</script> javascript:ran() \u202egnp.exe \ud800 \u001b[31mred`;
const LARGE = { size: 5_000_000, keys: 10_000, depth: 300 };

describe.skipIf(chromium === undefined)("in Chromium", () => {
  let page: PageUnderTest;
  beforeAll(async () => {
    page = await openPage({ config: CONFIG });
  });
  afterAll(() => page[Symbol.asyncDispose]());

  const ran = async (ending: string, input: object = {}): Promise<string> => {
    const { thread_id } = await page.client.threads.create({ metadata: { graph_id: HOSTILE, note: HOSTILE } });
    const { run_id } = await page.client.runs.create(thread_id, "hostile", {
      input: { text: HOSTILE, size: 1, keys: 1, depth: 1, ...input, ending },
      streamMode: ["values", "updates", "messages-tuple", "custom", "tasks"],
    });
    await page.client.runs.join(thread_id, run_id).catch(() => undefined);
    return thread_id;
  };
  /** A tab that counts what ran, and what the policy refused. */
  const openTab = async (hash: string): Promise<Tab & AsyncDisposable> => {
    const tab = await page.tab(hash);
    await tab.value(
      `window.harm = []; window.ran = () => harm.push("ran"); ` +
        `addEventListener("securitypolicyviolation", ({ violatedDirective }) => harm.push(violatedDirective)); 0`,
    );
    return tab;
  };
  const go = async (tab: Tab, hash: string): Promise<void> => {
    await tab.value(`location.hash = ${JSON.stringify(hash)}`);
    await tab.until(hash.includes("new") ? says("Assistant") : `document.querySelector("#pane > div") !== null`);
  };
  const unfold = (tab: Tab) =>
    tab.value(
      `document.querySelectorAll('#pane [aria-expanded="false"]:not(:disabled)').forEach((one) => one.click())`,
    );

  test("what somebody else has written is text everywhere: nothing runs, nothing is refused, no element is made", async () => {
    const [asks, throws] = await Promise.all([ran("asks"), ran("throws")]);
    await page.client.assistants.create({ graphId: "hostile", name: HOSTILE.toWellFormed() });
    await using tab = await openTab(`#/threads/${asks}`);
    await tab.until(`document.querySelector(".interrupt") !== null`);

    for (const thread of [asks, throws])
      for (const pane of PANES) {
        await go(tab, `#/threads/${thread}?pane=${pane}`);
        await tab.until(`document.querySelector("#pane .faint")?.innerText !== "Loading …"`);
        for (let level = 0; level < 4; level++) await unfold(tab);
      }
    await go(tab, `#/threads/${throws}?pane=state`);
    await tab.until(says(`Error: ${SHOWN.slice(0, 60)}`));
    await go(tab, `#/threads/${asks}?new`);
    await tab.until(`${textsOf(".start option")}.some((text) => text.startsWith('"><img src=x'))`);

    expect(await tab.value("harm")).toEqual([]);
    expect(
      await tab.value(`document.querySelectorAll("img, script:not([src]), iframe, a[href^='javascript']").length`),
    ).toBe(0);
  });

  test("what is not seen is written out, in messages and in the state", async () => {
    const thread = await ran("ends");
    await using tab = await openTab(`#/threads/${thread}?pane=stream`);

    await tab.until(says(SHOWN));
    await go(tab, `#/threads/${thread}?pane=state`);
    await tab.until(`${textsOf(".value.string")}.length > 0`);

    expect(await tab.value(textsOf(".value.string"))).toContain(SHOWN);
  });

  test("keys that objects have anyway are keys like others: shown, and among what has changed", async () => {
    const thread = await ran("ends");
    await using tab = await openTab(`#/threads/${thread}?pane=history`);
    await tab.until(`${textsOf(".history .head")}.length === 4`);

    await tab.value(`document.querySelector(".history li:nth-child(2) .head").click()`);

    await tab.until(`${textsOf(".differences code")}.includes("beside")`);
    await unfold(tab);
    await unfold(tab);
    await tab.until(`${textsOf(".branch .key")}.includes("__proto__")`);
    expect(await tab.value("({}).polluted ?? null")).toBe(null);
  });

  test("5 MB of text, 10,000 keys and 300 levels: little is drawn, and more where somebody wants it", async () => {
    const thread = await ran("ends", { ...LARGE, text: "k" });
    await using tab = await openTab(`#/threads/${thread}?pane=state`);
    await tab.until(`${textsOf(".branch .key")}.includes("beside")`);

    await tab.until(says("4,998,000 more characters"));
    await tab.value(
      `[...document.querySelectorAll("button.link")].find((one) => one.innerText.includes("characters")).click()`,
    );
    await tab.until(says("4,948,000 more characters"));
    await tab.value(
      `[...document.querySelectorAll(".branch > button")].find((one) => one.innerText.startsWith("many")).click()`,
    );
    await tab.until(says("9,900 more"));
    await tab.click("Edit state");

    for (const pane of PANES) {
      await go(tab, `#/threads/${thread}?pane=${pane}`);
      await unfold(tab);
    }
    expect(Number(await tab.value(`document.querySelectorAll("*").length`))).toBeLessThan(3_000);
    expect(Number(await tab.value(`document.body.textContent.length`))).toBeLessThan(300_000);
  });
});
