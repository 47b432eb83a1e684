/** A graph of Python on what was deployed: streamed, killed in the middle, asked, answered, and read by a function without a child. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Client } from "@langchain/langgraph-sdk";
import { check } from "./report.ts";

/** @param folder where the graph leaves its mark */
export async function runPythonCases(client: Client, folder: string): Promise<void> {
  const { thread_id } = await client.threads.create();

  await check("a graph of Python streams; its process dies, and the next one goes on from the checkpoint", async () => {
    const input = { mark: join(folder, "mark") };
    const nodes: string[] = [];
    const stream = client.runs.stream(thread_id, "letter", { input, streamMode: "updates" });
    for await (const { event, data } of stream) if (event === "updates") nodes.push(...Object.keys(data));
    assert.deepEqual(nodes, ["begin", "write", "__interrupt__"]);
  });

  await check("its state is read from its checkpoints", async () => {
    const { values, next, tasks } = await client.threads.getState<Record<string, string>>(thread_id);
    assert.deepEqual(next, ["sign"]);
    assert.deepEqual(
      tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value)),
      ["Whose name?"],
    );
    assert.notEqual(values["text"], `written by ${values["begun"]}`);
    assert.ok((await client.threads.getHistory(thread_id)).length >= 4);
  });

  await check("it goes on with the answer of a person", async () => {
    const values = await client.runs.wait(thread_id, "letter", { command: { resume: "Ada" } });
    assert.match(JSON.stringify(values), /"signed":"Ada"/);
    await client.threads.updateState(thread_id, { values: { signed: "Grace" } });
    assert.match(JSON.stringify((await client.threads.getState(thread_id)).values), /"signed":"Grace"/);
  });
}
