/** The graphs of a thread's newest run, as a tree with their statuses, from the events of its log so far. */
import type { Json, JsonObject } from "../../protocol/json.ts";
import { LogReader } from "../log/log-reader.ts";
import { tailOf } from "../log/log-tail.ts";
import type { Ports } from "../ports.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { objectOf, parsed } from "./json-fields.ts";
import type { Namespace } from "./namespace.ts";
import { newestRun } from "./replay-start.ts";
import { RunEvents } from "./run-events.ts";
import type { ThreadEvent } from "./thread-event.ts";

interface Branch {
  namespace: Namespace;
  status: Json;
  graph_name: Json;
  children: Map<string, Branch>;
}

/** @returns undefined without a run */
export async function runTree(
  ports: Pick<Ports, "clock" | "log" | "runs">,
  thread: ThreadRow,
): Promise<JsonObject | undefined> {
  const tail = await tailOf(ports.log, thread);
  const run = await newestRun(ports, thread, tail);
  if (run?.log_start === undefined) return undefined;
  const events = new RunEvents(run);
  const root: Branch = { namespace: [], status: "running", graph_name: run.graph_id, children: new Map() };
  const log = new LogReader(ports, thread.thread_id, { after: run.log_start - 1, skip: 0 }, undefined);
  while (log.after < tail) {
    const slots = await log.read(true);
    if (slots.length === 0) break;
    for (const slot of slots) {
      log.after = slot.slot;
      if (slot.run_id !== run.run_id) continue;
      const told = events.take({ ...slot, events: (await log.eventsOf(slot)) ?? [] });
      for (const event of told) if (event.method === "lifecycle") note(root, event);
    }
  }
  return shown(root);
}

function note(root: Branch, { namespace, data }: ThreadEvent): void {
  const { event = null, graph_name = null } = objectOf(parsed(data()));
  let branch = root;
  for (const [depth, segment] of namespace.entries()) {
    const known = branch.children.get(segment);
    const child = known ?? { namespace: namespace.slice(0, depth + 1), status: event, graph_name, children: new Map() };
    if (!known) branch.children.set(segment, child);
    branch = child;
  }
  branch.status = event;
  branch.graph_name = graph_name;
}

function shown({ namespace, status, graph_name, children }: Branch): JsonObject {
  const below = [...children.values()].map(shown);
  return { namespace: [...namespace], status, graph_name, ...(below.length > 0 && { children: below }) };
}
