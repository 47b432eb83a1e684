/** Which classes are constructed from what a graph of Python has stored: whoever writes the table chooses their names. */
import type { AllowedClasses } from "../../functions/protocol/manifest.ts";
import { lastValues, newRun, openEngine } from "../engine/open-engine.ts";
import { interpreter } from "./python-server.ts";

async function restoredBy(allowed_classes: AllowedClasses | undefined) {
  const python = { paths: ["."], ...(allowed_classes !== undefined && { allowed_classes }) };
  const opened = await openEngine("python", { python: interpreter() }, { python });
  const { thread_id } = newRun();
  const ask = (graph_id: string, kwargs: object, log_start: number) =>
    opened.run({ thread_id, graph_id, kwargs, claim: { log_start, epoch: 1 } });
  try {
    await ask("restored", { input: {} }, 1);
    const second = await ask("restored", { input: {} }, 11);
    return lastValues(second);
  } finally {
    opened.engine.close();
    await opened.close();
  }
}

test.each<[string, AllowedClasses | undefined, string[]]>([
  ["as LangGraph decides: all", undefined, ["Colour", "Typed"]],
  ["those of the graph's schema alone", [], ["Colour", "dict"]],
  ["those that are named, too", [["more", "odd", "Typed"]], ["Colour", "Typed"]],
])("%s", async (_, allowed, restored) => {
  expect(await restoredBy(allowed)).toMatchObject({ restored });
});

test("with restricted classes a graph asks, is answered, and tells what a put was refused with", async () => {
  const python = { paths: ["."], allowed_classes: [] };
  const opened = await openEngine("python", { python: interpreter() }, { python });
  const { thread_id } = newRun();
  const asked = { thread_id, graph_id: "hitl" };
  try {
    const { outcome } = await opened.run({ ...asked, kwargs: { input: { some_text: "old" } } });
    expect(outcome).toMatchObject({ kind: "paused" });
    const command = { resume: "new" };
    const answered = await opened.run({ ...asked, kwargs: { command }, claim: { log_start: 11, epoch: 1 } });
    expect(lastValues(answered)).toEqual({ some_text: "new" });
    const limited = {
      ...newRun(),
      graph_id: "agent",
      kwargs: { input: { topic: "x" }, config: { recursion_limit: 1 } },
    };
    expect((await opened.run(limited)).outcome).toMatchObject({ error: { error: "GraphRecursionError" } });
  } finally {
    opened.engine.close();
    await opened.close();
  }
});
