/**
 * Every recorded stream of a thread of the official Python server, version 0.16.7, asked of our server with the same graphs: in each
 * namespace the same events in the same order, but for what stands here.
 */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { inject } from "vitest";
import { asProtocol } from "../flow/protocol-client.ts";

type Event = [method: string, namespace: string[], data: Record<string, unknown>];

interface Recording {
  graph: string;
  input: object;
  events: Event[];
}

const FOLDER = new URL("../golden-official-threads/", import.meta.url);
const recordings = readdirSync(FOLDER).map(
  (file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Recording,
);

/** What we tell beside: what the official server leaves out of these runs, and the messages of models that cannot stream. */
const isTheirs = ([method, , data]: Event): boolean =>
  !["updates", "tasks", "checkpoints"].includes(method) && (method !== "custom" || data["name"] === "deltas");
const WHOLE = new Set(["whole", "own_stream"]);
/** They know of tools only where LangChain's agents call them. */
const isOfTool = ([method]: Event): boolean => method === "tools";

/** They repeat a tool's answer as a message, in a namespace that no graph has. */
const isRepeated = ([method, namespace]: Event): boolean =>
  method === "messages" && /^tools:(task|add|call)/.test(namespace.at(-1) ?? "");

/** Keys that one of the two has alone, or says in words of its own. */
const OWN_KEYS = new Set([
  "run_id",
  "responseMetadata",
  "value",
  "trigger_call_id",
  "namespace",
  "interrupt_id",
  "error",
]);

/** Random ids, and what is not there. */
const isRandom = (key: string, value: unknown): boolean =>
  (key === "id" && /^(lc_run--)?[0-9a-f]{8}-/.test(String(value))) || (key === "artifact" && value === null);

const plain = (data: unknown): unknown =>
  JSON.parse(
    JSON.stringify(data, (key, value: unknown) => (OWN_KEYS.has(key) || isRandom(key, value) ? undefined : value)),
  );

const toolOf = ({ event, tool_call_id }: Event[2]): string[] =>
  String(event).startsWith("tool-") ? [String(tool_call_id)] : [];

/** By the names of the graph and of the tool call, as two at once have no order. */
function byGraph(events: Event[]): Record<string, unknown[]> {
  const starts = events.filter(([method, , { event }]) => method === "lifecycle" && event === "started");
  const names = new Map(starts.map(([, namespace, { graph_name }]) => [namespace.join("|"), String(graph_name)]));
  const groups: Record<string, unknown[]> = {};
  for (const [method, namespace, data] of events)
    (groups[[names.get(namespace.join("|")) ?? "root", ...toolOf(data)].join(" ")] ??= []).push([method, plain(data)]);
  return groups;
}

test.each(recordings)("$graph tells what the official server does", async ({ graph, input, events }) => {
  const { command, read } = asProtocol(() => inject("pythonUrl"));
  const thread_id = randomUUID();
  const { run_id } = await command(thread_id, "run.start", { assistant_id: graph, input });
  const channels = ["values", "updates", "messages", "tools", "lifecycle", "input", "tasks", "custom", "checkpoints"];
  const told = await read(thread_id, { channels }).untilEnd(run_id);

  const ours = told
    .filter(({ params }) => !WHOLE.has(params.node ?? ""))
    .map(({ method, params }): Event => [method, params.namespace, params.data]);
  const known = ours.filter((event) => isTheirs(event) && (!isOfTool(event) || events.some(isOfTool)));
  expect(byGraph(known)).toEqual(byGraph(events.filter((event) => !isRepeated(event))));
});
