/** A call of a tool: a stateless run of its assistant. A call that is repeated within its session is the same run. */
import type { JsonObject } from "../../protocol/json.ts";
import type { RpcId } from "../../protocol/json-rpc.ts";
import { RunCreate } from "../../protocol/run.ts";
import type { User } from "../auth/auth-port.ts";
import type { Ports } from "../ports.ts";
import type { Complaint } from "../run/create/create-result.ts";
import { keyOf as storedKey } from "../run/create/idempotency.ts";
import { createRun } from "../run/create/create-run.ts";
import { cancelRun } from "../run/end/cancel-run.ts";
import type { RunRow } from "../run/run-row.ts";
import { CALL_PATIENCE, CALL_POLL } from "./limits.ts";
import { findTool } from "./tools.ts";

/** A request of one client. A session is its random name alone: the server keeps nothing of it. */
export interface Call {
  /** undefined: the client has none, so nobody can tell its calls from those of others. */
  session: string | undefined;
  id: RpcId;
  /** Whom custom auth has recognised: everybody has calls of his own. */
  user?: User;
}

export interface ToolCall extends Call {
  name: string;
  input: JsonObject;
  /** Headers that the project wants in `configurable`. */
  headers: Record<string, string>;
  /** Name of the caller's key. */
  key_name: string | undefined;
  /** Of its run. */
  metadata?: JsonObject | undefined;
}

export type CallResult = { kind: "called"; run: RunRow } | { kind: "no_tool"; detail: string } | Complaint;

export async function callTool(
  ports: Ports,
  { name, input, headers, key_name, metadata, ...call }: ToolCall,
): Promise<CallResult> {
  const assistant_id = await findTool(ports, name);
  if (assistant_id === undefined) return { kind: "no_tool", detail: `Unknown tool: ${name}` };
  const streamed = { stream_mode: ["updates", "custom"], on_disconnect: "cancel" };
  const body = RunCreate.parse({ assistant_id, input, metadata, ...streamed });
  const { user } = call;
  const own = { key: keyOf(call), headers, key_name, ...(user && { user }) };
  const created = await createRun(ports, { thread_id: null, body, ...own, waited: true });
  return created.kind === "created" ? { kind: "called", run: created.run } : created;
}

/** Cancels a call of the same session, which may not have arrived yet. Nothing happens if there is none. */
export async function cancelCall(ports: Ports, call: Call): Promise<void> {
  const { user } = call;
  const key = storedKey({ key: keyOf(call), thread_id: null, ...(user && { user }) })?.key;
  if (key === undefined) return;
  const { clock } = ports;
  for (const until = clock.monotonic() + CALL_PATIENCE; ; await clock.sleep(CALL_POLL)) {
    const known = await ports.runs.findKey(key, clock.now());
    if (known) await cancelRun(ports, known.ref, "interrupt");
    if (known || clock.monotonic() >= until) return;
  }
}

/** As an idempotency key: ids 1 and "1" are two. */
const keyOf = ({ session, id }: Call): string | undefined =>
  session === undefined ? undefined : `mcp:${session}:${JSON.stringify(id)}`;
