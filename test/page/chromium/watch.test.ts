/** The page `/watch`, used as a person uses it. */
import { relayTo } from "./relay.ts";
import { chromium, openPage, type PageUnderTest, says, textsOf, WHY_SKIPPED, write } from "./open-page.ts";

if (chromium === undefined) console.warn(WHY_SKIPPED);
describe.skipIf(chromium === undefined)("in Chromium", () => {
  let page: PageUnderTest;
  beforeAll(async () => {
    page = await openPage();
  });
  afterAll(() => page[Symbol.asyncDispose]());

  const ran = async (graph: string, input: Record<string, unknown>): Promise<string> => {
    const { thread_id } = await page.client.threads.create();
    const streamMode = ["values", "updates", "messages-tuple", "custom", "tasks"] as const;
    const { run_id } = await page.client.runs.create(thread_id, graph, { input, streamMode: [...streamMode] });
    await page.client.runs.join(thread_id, run_id);
    return thread_id;
  };

  test("lists threads with their status; a status or a search leaves out the others", async () => {
    const [idle, waits] = await Promise.all([ran("agent", { topic: "ice" }), ran("review", {})]);
    await using tab = await page.tab();
    const names = textsOf(".threads li a");

    await tab.until(`${names}.length >= 2`);
    await write(tab, "select[aria-label=Status]", "interrupted");
    await tab.until(`${names}.length === 1 && ${names}[0].startsWith("review")`);
    await write(tab, "select[aria-label=Status]", "");
    await write(tab, "#search", "agent");
    await tab.until(`${names}.length === 1 && ${names}[0].includes(${JSON.stringify(idle.slice(-12))})`);
    await write(tab, "#search", waits);
    await tab.until(`${names}.length === 1 && ${names}[0].startsWith("review")`);
    await write(tab, "#search", "nothing of this name");
    await tab.until(`${names}.length === 0`);
    expect(await tab.value(says("No thread like this."))).toBe(true);
  });

  test("shows a run as a line of time: its attempt, its checkpoints, what it asked, its end", async () => {
    const thread_id = await ran("review", {});
    await using tab = await page.tab(`#/threads/${thread_id}`);

    await tab.until(`${textsOf(".timeline .kind")}.length > 6`);

    expect(await tab.value(textsOf(".timeline .kind"))).toEqual([
      "created",
      "attempt",
      "checkpoint",
      "checkpoint",
      "checkpoint",
      "interrupt",
      "end",
    ]);
    expect(await tab.value(textsOf(".title"))).toEqual([expect.stringContaining("interrupted")]);
  });

  test("streams tokens into one readable row as they come, and each event raw", async () => {
    const { thread_id } = await page.client.threads.create();
    await using tab = await page.tab(`#/threads/${thread_id}?pane=stream`);
    await tab.until(says("live"));

    await page.client.runs.create(thread_id, "tokens", {
      input: { n: 40, delay_ms: 5 },
      streamMode: ["messages-tuple"],
    });

    await tab.until(`document.querySelector(".message p")?.textContent.includes("39:") === true`);
    expect(await tab.value(textsOf(".message p"))).toEqual([expect.stringMatching(/^0:\S+ 1:\S+ .*39:/)]);
    await tab.click("Raw");
    await tab.until(`document.querySelectorAll(".raw").length > 5`);
    await tab.until(says("run_done"));
  });

  test("answers an interrupt, and the run goes on", async () => {
    const thread_id = await ran("review", {});
    await using tab = await page.tab(`#/threads/${thread_id}?pane=state`);

    await write(tab, ".interrupt textarea", "no");
    await tab.click("Answer");

    await tab.until(says("discard"));
    await tab.until(`${textsOf(".title .status")}[0] === "idle"`);
    const { values } = await page.client.threads.getState<{ answer: string }>(thread_id);
    expect(values.answer).toBe("no");
  });

  test("cancels a run that is at work, and marks the node that was", async () => {
    const thread_id = await page.atWork("watch-cancel");
    await using tab = await page.tab(`#/threads/${thread_id}?pane=graph`);

    await tab.until(`${textsOf(".node.runs text")}.join() === "emit"`);
    await tab.click("Cancel run");

    await tab.until(`document.querySelectorAll(".node.runs").length === 0`);
    const [run] = await page.client.runs.list(thread_id);
    expect(run?.status).toBe("interrupted");
  });

  test("edits the state of a checkpoint into a fork, and runs from it", async () => {
    const thread_id = await ran("agent", { topic: "ice" });
    await using tab = await page.tab(`#/threads/${thread_id}?pane=history`);
    const heads = textsOf(".history .head");
    await tab.until(`${heads}.length > 2`);
    const before = (await tab.value(`${heads}.length`)) as number;

    await tab.value(
      `[...document.querySelectorAll(".history .head")].find((one) => one.textContent.includes("next")).click()`,
    );
    await tab.click("Edit and fork");
    await write(tab, ".state-form textarea", `{"topic": "snow"}`);
    await tab.click("Write");
    await tab.click("Run from it");

    await tab.until(`${heads}.length > ${before + 1}`);
    await tab.until(`${textsOf(".title .status")}[0] === "idle"`);
    const { values } = await page.client.threads.getState<{ joke: string }>(thread_id);
    expect(values.joke).toContain("snow");
  });

  test("shows what a checkpoint changed, and runs again from it", async () => {
    const thread_id = await ran("agent", { topic: "ice" });
    await using tab = await page.tab(`#/threads/${thread_id}?pane=history`);
    await tab.until(`${textsOf(".history .head")}.length > 2`);

    await tab.value(`document.querySelector(".history .head").click()`);
    await tab.until(`${textsOf(".differences li")}.some((line) => line.startsWith("joke"))`);
    await tab.value(`document.querySelector(".history li:nth-child(2) .head").click()`);
    await tab.until(`!!document.querySelector(".history li:nth-child(2) .body button")`);
    await tab.value(`document.querySelector(".history li:nth-child(2) .body button").click()`);

    await tab.until(`${textsOf(".runs li")}.length === 2`);
    const [again] = await page.client.runs.list(thread_id);
    expect(again?.status).not.toBe("error");
  });

  test("starts a run from a form made of the input schema, on a new thread", async () => {
    await using tab = await page.tab("#/?new");
    const option = `[...document.querySelectorAll(".start option")].find((one) => one.textContent === "agent")`;
    await tab.until(`!!${option}`);
    const id = await tab.value(`${option}.value`);

    await write(tab, ".start select", String(id));
    await write(tab, "textarea[name=topic]", "rain");
    await tab.click("Start");

    await tab.until(`location.hash.includes("threads/") && ${textsOf(".title .status")}[0] === "idle"`);
    await tab.until(says("the run has ended"));
    await tab.until(`${textsOf(".threads [aria-current]")}.length > 0`);
    expect(await tab.value(textsOf(".threads [aria-current] .name"))).toEqual(["agent"]);
  });

  test("says what a run cost, in units and money, and what of it is an estimate", async () => {
    const thread_id = await ran("agent", { topic: "ice" });
    await using tab = await page.tab(`#/threads/${thread_id}?pane=cost`);

    await tab.until(`${textsOf(".cost tbody tr")}.length === 10`);

    expect(await tab.value(textsOf(".cost .sum"))).toEqual([expect.stringMatching(/^\$0\.00\d+$/)]);
    expect(await tab.value(textsOf(".cost tbody tr"))).toContainEqual(expect.stringMatching(/^thread log .* counted$/));
  });

  test("follows a run over a reload in the middle, and over a time offline", async () => {
    const thread_id = await page.atWork("watch-offline");
    await using network = await relayTo(page.server.port);
    await using tab = await page.tab(`#/threads/${thread_id}?pane=stream`, network.url);
    const events = `Number(document.querySelector(".stream .bar")?.innerText.match(/(\\d+) events/)?.[1] ?? 0)`;
    await tab.until(`${events} >= 4`);
    await tab.command("Page.reload");
    await tab.until(`${events} >= 4`);

    network.takeAway();
    await tab.until(says("offline: what was loaded stays"));
    await page.openGate("watch-offline");
    expect(await tab.value(`${events} >= 4`)).toBe(true);
    network.bringBack();

    await tab.until(says("the run has ended"));
    const ids = (await tab.value(textsOf(".event code"))) as string[];
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).toHaveLength(Number(await tab.value(events)));
  });
});
