/**
 * A process for network-at-import.test.ts: loads a graph while its feed is in trouble, then again, and prints what came of it. In a
 * process of its own, since the test runner has its own way to import.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { toInspect } from "../../functions/engine/javascript/langgraph.ts";
import { createLoader } from "../../functions/engine/javascript/project/load-graph.ts";
import { javascriptProject } from "../../functions/engine/javascript/project/javascript-project.ts";
import { openProject } from "../../functions/engine/project/open-project.ts";
import { GRAPH_RETRY } from "../../functions/engine/javascript/timings.ts";
import { compileProject } from "../../packaging/compile-project.ts";

const [graph_id = "", trouble = ""] = process.argv.slice(2);
let healed = false;
const open: ServerResponse[] = [];
const feed = createServer((_, response) => {
  open.push(response);
  if (healed) response.end("the news");
  else if (trouble === "refuses") response.destroy();
}).listen(0, "127.0.0.1");
await once(feed, "listening");
const address = feed.address();
process.env["TEST_FEED_URL"] = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;

const folder = await mkdtemp(path.join(tmpdir(), "threadline-network-"));
const config = fileURLToPath(new URL("../fixtures/projects/network/langgraph.json", import.meta.url));
await compileProject({ config, out: path.join(folder, "build") });
let now = 0;
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { monotonic: () => now };
const project = javascriptProject(await openProject(path.join(folder, "build"), logger), logger);
const loader = createLoader(project, { clock, logger, timeoutMs: 2_000 });

interface Runnable {
  invoke(input: object): Promise<unknown>;
}
const run = async (id: string): Promise<unknown> => {
  const { open: start } = await loader.load(id);
  return ((await start({ configurable: {} }, toInspect)) as unknown as Runnable).invoke({});
};
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A busy machine may take longer for the first graph, which brings LangGraph, than a loader waits. */
const patiently = (id: string): Promise<unknown> =>
  run(id).catch((error: unknown) => {
    if (!messageOf(error).includes("was not ready")) throw error;
    now += GRAPH_RETRY;
    return patiently(id);
  });

const steady = await patiently("steady");
const failed = await run(graph_id).catch(messageOf);
const remembered = await run(graph_id).catch(messageOf);
healed = true;
// What hung may answer late, as a slow server does: then nothing is asked twice.
if (trouble === "is slow") {
  const arrived = Promise.withResolvers<void>();
  Object.assign(globalThis, { newsArrived: arrived.resolve });
  for (const response of open) response.end("the news");
  await arrived.promise;
  // What waits for it in the graph's modules comes first.
  await new Promise((resolve) => setTimeout(resolve));
}
now += GRAPH_RETRY;
const later = await patiently(graph_id);
console.log(JSON.stringify({ steady, failed, remembered, later, asked: open.length }));
await rm(folder, { recursive: true });
process.exit();
