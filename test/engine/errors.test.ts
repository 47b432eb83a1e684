/** What a graph throws, as clients see it: shown or hidden, whatever it is, and never too long. */
import { fileURLToPath } from "node:url";
import { ERROR_CHARACTERS } from "../../functions/core/json/size-limits.ts";
import { openEngine, type TestEngine } from "./open-engine.ts";

let showing: TestEngine;
let hiding: TestEngine;
beforeAll(async () => {
  const project = fileURLToPath(new URL("./projects/behaviors", import.meta.url));
  [showing, hiding] = await Promise.all([openEngine(project), openEngine(project, { errorDetail: "hide" })]);
});
afterAll(() => Promise.all([showing.close(), hiding.close()]));

const HIDDEN = { error: "Error", message: "An internal error occurred" };

const thrown = async (server: TestEngine, kind: string) => {
  const kwargs = { input: { kind }, stream_mode: ["tasks"] };
  const { outcome, events } = await server.run({ graph_id: "throwing", kwargs });
  if (outcome.kind !== "failed") throw new Error(outcome.kind);
  return { error: outcome.error, events: JSON.stringify(events) };
};

test.each([
  ["R21", "text", "Error", "text 'quoted'\nin two lines"],
  ["R21", "number", "Error", "5"],
  ["R21", "undefined", "Error", "undefined"],
  ["R21", "null", "Error", "null"],
  ["R12", "object", "Error", '{"code":7,"reason":"why"}'],
  ["R12", "message", "Named", "said"],
  ["R12", "array", "Error", '[1,"two"]'],
  ["R12", "circle", "Error", "an object that JSON cannot express"],
  ["R12", "large", "Error", `${'{"text":"'.padEnd(ERROR_CHARACTERS, "x")}…`],
  ["R12", "long", "Error", `${"x".repeat(ERROR_CHARACTERS)}…`],
])("%s: a node that throws (%s): its text is shown, and logged", async (_id, kind, error, message) => {
  const { error: detail } = await thrown(showing, kind);

  expect(detail).toEqual({ error, message });
  expect(showing.lines.at(-1)?.fields).toMatchObject({ error: `${error}: ${message.slice(0, 300)}` });
});

test("R21: what is hidden is hidden: name and text, in the outcome and in events", async () => {
  for (const kind of ["own", "text", "object", "message"]) {
    const { error, events } = await thrown(hiding, kind);

    expect(error).toEqual(HIDDEN);
    expect(events).not.toMatch(/secret|quoted|why|said|Named/);
  }
  expect(hiding.lines.map(({ fields }) => fields["error"])).toContainEqual(expect.stringMatching(/: secret text$/));
});

test("hidden are those of a project's own classes; those about the call are shown", async () => {
  const golden = await openEngine("golden", { errorDetail: "hide" });

  const own = await golden.run({ graph_id: "boom", kwargs: { input: { foo: "x" }, stream_mode: ["tasks"] } });
  const called = await golden.run({
    graph_id: "agent",
    kwargs: { input: { topic: "x" }, config: { recursion_limit: 1 } },
  });

  expect(own.outcome).toMatchObject({ kind: "failed", error: HIDDEN });
  expect(own.events.at(-1)).toMatchObject(["tasks", { name: "boom_node", error: HIDDEN }]);
  expect(called.outcome).toMatchObject({ kind: "failed", error: { error: "GraphRecursionError" } });
  expect(called.outcome).toMatchObject({ error: { message: expect.stringContaining("Recursion limit of 1") } });
  await golden.close();
});

test.each([["values"], ["events"]])("shown as they are otherwise (%s)", async (mode) => {
  const golden = await openEngine("golden");

  const { outcome } = await golden.run({ graph_id: "boom", kwargs: { input: { foo: "x" }, stream_mode: [mode] } });

  expect(outcome).toMatchObject({
    kind: "failed",
    error: { error: "BoomError", message: "boom: something broke" },
    head: { channels: ["foo"] },
  });
  await golden.close();
});
