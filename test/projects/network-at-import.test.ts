/**
 * Graphs that need the network while they are imported: what fails or hangs is said in time, leaves the others alone, and is tried again.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PROGRAM = fileURLToPath(new URL("load-again.ts", import.meta.url));

interface Seen {
  steady: { said: string; instance: string };
  failed: string;
  remembered: string;
  later: { said: string; instance: string };
  asked: number;
}

async function loadAgain(graph_id: string, trouble: string): Promise<Seen> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, graph_id, trouble]);
  return JSON.parse(stdout) as Seen;
}

describe.concurrent.each([
  ["awaiting", "in a file it imports"],
  ["promising", "for the promise it exports"],
])("a graph that waits for the network, %s %s", (graph_id) => {
  test.each([
    ["refuses", "fetch failed", 2],
    ["hangs", "it was not ready after 2 s", 2],
    ["is slow", "it was not ready after 2 s", 1],
  ])("that %s", async (trouble, reason, requests) => {
    const { steady, failed, remembered, later, asked } = await loadAgain(graph_id, trouble);

    expect(failed).toContain(`Graph "${graph_id}" (./${graph_id}.ts:graph) does not load: ${reason}`);
    expect(remembered).toBe(failed);
    expect(later).toEqual({ said: "the news", instance: steady.instance });
    expect(asked).toBe(requests);
  });
});
