/** What custom auth is asked before a run is created, on whatever route: `threads:create_run`, and `assistants:read` for its assistant. */
import type { User } from "../../core/auth/auth-port.ts";
import type { Ports } from "../../core/ports.ts";
import { type Entry, type Pass, withMetadata } from "../access/gate.ts";

/** Of a run's body what handlers see by name; the rest are its `kwargs`. */
interface RunAsk {
  /** Null where the thread names it. */
  assistant_id: unknown;
  metadata?: Entry["value"] | undefined;
  multitask_strategy?: unknown;
  if_not_exists?: unknown;
  after_seconds?: unknown;
}

export interface OwnRun<Body> {
  ports: Ports;
  /** With the metadata that the handlers have left. */
  body: Body;
  /** Whose run it will be. */
  caller: { user?: User };
}

/**
 * @param way enters: from a request, or on from what was entered before
 * @throws HttpError with the status and text of the refusal
 */
export async function enterRun<Body extends RunAsk>(
  way: { also: Pass["also"] },
  thread_id: string | null,
  body: Body,
): Promise<OwnRun<Body>> {
  const { assistant_id, metadata = {}, multitask_strategy, if_not_exists, after_seconds, ...kwargs } = body;
  const value = {
    thread_id,
    assistant_id,
    run_id: null,
    status: "pending",
    metadata,
    prevent_insert_if_inflight: multitask_strategy === "reject",
    multitask_strategy,
    if_not_exists,
    after_seconds,
    kwargs,
  };
  const pass = await way.also({ resource: "threads", action: "create_run", value });
  const { ports, user } = await pass.also({
    resource: "assistants",
    action: "read",
    value: { assistant_id, metadata: {} },
  });
  return { ports, body: withMetadata(body, pass), caller: user ? { user } : {} };
}
