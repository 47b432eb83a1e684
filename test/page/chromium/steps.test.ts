/** What a person does to runs on the page `/watch` beyond watch.test.ts: breakpoints, modes, several answers, the keyboard alone. */
import type { Tab } from "../../registry/chromium.ts";
import { chromium, openPage, type PageUnderTest, says, textsOf, write } from "./open-page.ts";

/** Elements that act, and the name that a screen reader says; roles of tests have none. */
const NAMES = `[...document.querySelectorAll("button, a, input, select, textarea, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility())
  .map((one) => (one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText ?? document.getElementById(one.getAttribute("aria-labelledby") ?? "")?.innerText ?? one.innerText).trim())`;

describe.skipIf(chromium === undefined)("in Chromium", () => {
  let page: PageUnderTest;
  beforeAll(async () => {
    page = await openPage();
  });
  afterAll(() => page[Symbol.asyncDispose]());

  const newRun = async (graph: string): Promise<Tab & AsyncDisposable> => {
    const tab = await page.tab("#/?new");
    const option = `[...document.querySelectorAll(".start option")].find((one) => one.textContent === "${graph}")`;
    await tab.until(`!!${option}`);
    await write(tab, ".start select", String(await tab.value(`${option}.value`)));
    await tab.until(`!!document.querySelector(".start fieldset textarea")`);
    await tab.value(`document.querySelector("summary").click()`);
    return tab;
  };
  const check = (tab: Tab, legend: string, name: string) => {
    const set = `[...document.querySelectorAll("fieldset")].find((one) => one.querySelector("legend").innerText === "${legend}")`;
    return tab.value(`[...${set}.querySelectorAll("label")].find((one) => one.innerText.trim() === "${name}").click()`);
  };
  const threadOf = async (tab: Tab): Promise<string> => {
    await tab.until(`location.hash.startsWith("#/threads/")`);
    return String(await tab.value(`location.hash.slice("#/threads/".length).split("?")[0]`));
  };
  const status = `${textsOf(".title .status")}[0]`;

  test.each([
    ["Stops before", "generate_joke"],
    ["Stops after", "refine_topic"],
  ])("a breakpoint, %s %s: the run stops there, and from its checkpoint it goes on", async (legend, node) => {
    await using tab = await newRun("agent");
    await write(tab, "textarea[name=topic]", "rain");
    await check(tab, legend, node);
    await tab.click("Start");
    const thread = await threadOf(tab);
    await tab.until(`${status} === "interrupted"`);
    expect((await page.client.threads.getState(thread)).next).toEqual(["generate_joke"]);

    await tab.value(`location.hash = "#/threads/${thread}?pane=history"`);
    await tab.until(`!!document.querySelector(".history .head")`);
    await tab.value(`document.querySelector(".history .head").click()`);
    await tab.click("Run again from here");

    await tab.until(`${textsOf(".runs li")}.length === 2 && ${status} === "idle"`);
    expect((await page.client.threads.getState(thread)).next).toEqual([]);
  });

  test("stream modes: what is chosen comes, and nothing else", async () => {
    await using tab = await newRun("agent");
    await write(tab, "textarea[name=topic]", "rain");
    for (const mode of ["values", "messages-tuple", "custom", "tasks"]) await check(tab, "Streams", mode);
    await check(tab, "Streams", "checkpoints");
    await tab.click("Start");
    const thread = await threadOf(tab);

    await tab.until(says("the run has ended"));

    const [run] = await page.client.runs.list(thread);
    expect(run?.status).toBe("success");
    const events = (await tab.value(textsOf(".event b"))) as string[];
    expect([...new Set(events)].toSorted()).toEqual(["checkpoints", "metadata", "updates"]);
  });

  test("several interrupts: each has its answer, one by one or at once", async () => {
    const { thread_id } = await page.client.threads.create();
    await page.client.runs.wait(thread_id, "parallel_interrupts", { input: {} });
    await using tab = await page.tab(`#/threads/${thread_id}?pane=state`);
    await tab.until(says("The graph asks (2 of 2)"));
    const fields = `document.querySelectorAll(".interrupt textarea")`;
    const answer = (index: number, text: string) =>
      tab.value(
        `{ const one = ${fields}[${index}]; one.value = ${JSON.stringify(text)}; one.dispatchEvent(new Event("input", { bubbles: true })); }`,
      );

    await answer(1, "B");
    await tab.click("Answer");
    await tab.until(`${fields}.length === 1`);
    await answer(0, "A");
    await tab.click("Answer");

    await tab.until(`${status} === "idle"`);
    const { values } = await page.client.threads.getState<{ said: string[] }>(thread_id);
    expect(values.said.toSorted()).toEqual(["free", "last", "one: A", "two: B"]);
  });

  test("a run that waits for its turn is cancelled, and the one before it goes on", async () => {
    const { thread_id } = await page.client.threads.create();
    const input = { n: 1, delay_ms: 0, gate: "steps-queued" };
    const first = await page.client.runs.create(thread_id, "slow", { input });
    const next = await page.client.runs.create(thread_id, "slow", { input, multitaskStrategy: "enqueue" });
    await using tab = await page.tab(`#/threads/${thread_id}?run=${next.run_id}`);
    await tab.until(`${textsOf(".runs [aria-current] .status")}.join() === "pending"`);

    await tab.click("Cancel run");

    await tab.until(`${textsOf(".runs [aria-current] .status")}.join() === "interrupted"`);
    await page.openGate("steps-queued");
    await page.client.runs.join(thread_id, first.run_id);
    expect((await page.client.runs.get(thread_id, first.run_id)).status).toBe("success");
  });

  test("inputs of earlier runs fill the form, newest first", async () => {
    const { thread_id } = await page.client.threads.create();
    for (const topic of ["rain", "snow"]) await page.client.runs.wait(thread_id, "agent", { input: { topic } });
    await using tab = await page.tab(`#/threads/${thread_id}`);
    await tab.until(`${textsOf(".runs li")}.length === 2`);
    await tab.value(`document.querySelector("header .button").click()`);
    await tab.until(`!!document.querySelector("textarea[name=topic]")`);
    const topic = `document.querySelector("textarea[name=topic]").value`;

    await tab.click("Earlier input");
    await tab.until(`${topic} === "snow"`);
    await tab.click("Earlier input");
    await tab.until(`${topic} === "rain"`);
    await tab.click("Later input");
    await tab.until(`${topic} === "snow"`);

    expect(await tab.value(textsOf(".start [role=status]"))).toContain("1 of 2");
  });

  test("the keyboard alone: from the list to a thread, through its tabs, to an answer; all that acts has a name", async () => {
    const { thread_id } = await page.client.threads.create();
    await page.client.runs.wait(thread_id, "review", { input: {} });
    await using tab = await page.tab();
    const press = async (key: string, text?: string) => {
      const code = { Enter: 13, Tab: 9, ArrowRight: 39, " ": 32 }[key] ?? 0;
      const more = { key, code: key, windowsVirtualKeyCode: code };
      await tab.command("Input.dispatchKeyEvent", { type: "keyDown", ...more, ...(text !== undefined && { text }) });
      await tab.command("Input.dispatchKeyEvent", { type: "keyUp", ...more });
    };
    /** By Tab, from where the focus is. */
    const reach = async (selector: string): Promise<void> => {
      for (let steps = 0; steps < 80; steps++) {
        if ((await tab.value(`document.activeElement?.matches(${JSON.stringify(selector)})`)) === true) return;
        await press("Tab");
      }
      throw new Error(`Tab does not lead to ${selector}.`);
    };
    await tab.until(`!!document.querySelector(".threads li a")`);

    await reach(`.threads a[href*="${thread_id}"]`);
    await press("Enter", "\r");
    await tab.until(`location.hash.includes("${thread_id}")`);
    await tab.until(`!!document.querySelector(".interrupt")`);
    const unnamed = ((await tab.value(NAMES)) as string[]).filter((name) => name === "");
    await reach(".interrupt textarea");
    await tab.command("Input.insertText", { text: "no" });
    await reach("button.main");
    await press("Enter", "\r");
    await tab.until(`${status} === "idle"`);
    await reach("[role=tab]");
    await press("ArrowRight");
    await tab.until(`location.hash.includes("pane=stream")`);
    await reach(".virtual .row button");
    await press("Enter", "\r");

    await tab.until(`document.activeElement?.getAttribute("aria-expanded") === "true"`);
    expect(unnamed).toEqual([]);
  });
});
