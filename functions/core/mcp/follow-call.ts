/** What a tool's caller gets of its run: the result when it has ended, and before it progress. */
import { isJsonObject, type Json } from "../../protocol/json.ts";
import type { ToolResult } from "../../protocol/mcp.ts";
import type { TailEvent } from "../log/log-reader.ts";
import { tailRun } from "../log/tail-log.ts";
import type { Ports } from "../ports.ts";
import { runResult } from "../run/run-result.ts";
import { isFinal, isGone, type RunRef } from "../run/run-row.ts";

/** @param message the node that is done, or what the graph has written itself */
export type CallProgress = { kind: "progress"; progress: number; message: string };
export type CallEvent = CallProgress | { kind: "result"; result: ToolResult };

/** Ends with the result, or without one when the signal aborts. */
export async function* followCall(ports: Ports, ref: RunRef, signal: AbortSignal): AsyncGenerator<CallEvent> {
  const tail = tailRun(ports, ref, { cursor: { kind: "start" }, signal });
  let progress = 0;
  try {
    for await (const { events } of tail)
      for (const message of events.flatMap(messagesOf)) yield { kind: "progress", progress: ++progress, message };
  } finally {
    await tail.return({ kind: "gone" });
  }
  if (!signal.aborted) yield { kind: "result", result: await resultOf(ports, ref) };
}

export async function waitCall(ports: Ports, ref: RunRef, signal: AbortSignal): Promise<ToolResult> {
  const tail = tailRun(ports, ref, { cursor: { kind: "live" }, signal });
  while (!(await tail.next()).done);
  return resultOf(ports, ref);
}

function messagesOf({ event, data }: TailEvent): string[] {
  if (event === "custom") return [textOf(JSON.parse(data) as Json)];
  if (event !== "updates") return [];
  // Names of nodes; `__interrupt__` is none.
  return Object.keys(JSON.parse(data) as object).filter((name) => !name.startsWith("__"));
}

async function resultOf(ports: Ports, ref: RunRef): Promise<ToolResult> {
  const run = await ports.runs.get(ref);
  if (!run || !isFinal(run) || isGone(run)) return failure("The run is gone.");
  if (run.status === "interrupted") return failure("The run was cancelled.");
  if (run.status === "error")
    return failure(run.error ? `${run.error.error}: ${run.error.message}` : "The run failed.");
  const values = await runResult(ports, run);
  return {
    content: [{ type: "text", text: textOf(values) }],
    ...(isJsonObject(values) && { structuredContent: values }),
  };
}

/** What the model is told, so that it can do something about it. */
const failure = (text: string): ToolResult => ({ isError: true, content: [{ type: "text", text }] });

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
