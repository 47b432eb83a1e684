/** Custom auth that does not load or fails lets nobody in. The log says why, without what a caller has sent. */
import type { Refusal } from "../../core/auth/auth-port.ts";
import type { Logger } from "../../core/ports.ts";
import { importHangs, loadWithin } from "../project/load-within.ts";
import { GRAPH_LOAD_TIMEOUT } from "../timings.ts";

/** A function, so that nobody changes what others are given. */
const failed = (): Refusal => ({ kind: "refused", status: 500, detail: "Internal Server Error", headers: [] });

export interface Guarded<L, T> {
  /** `auth.path` of langgraph.json. */
  source: string;
  logger: Logger;
  load: () => Promise<L>;
  /** A text of what this rejects with is not logged: it may quote a caller's secret. */
  ask: (loaded: L) => Promise<T>;
  /** The project's line that has thrown. */
  lineOf: (error: unknown) => string | undefined;
}

export async function refuseFailures<L, T>({ source, logger, load, ask, lineOf }: Guarded<L, T>): Promise<T | Refusal> {
  const log = (text: string, error: unknown, told: string): Refusal => {
    const thrown_at = lineOf(error);
    logger.error(text, { source, error: told, ...(thrown_at !== undefined && { thrown_at }) });
    return failed();
  };
  let loaded: L;
  try {
    loaded = await loadWithin(GRAPH_LOAD_TIMEOUT, importHangs, load());
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    return log("auth does not load: nobody is let in", error, `${name}: ${message}`);
  }
  try {
    return await ask(loaded);
  } catch (error) {
    return log("auth fails", error, error instanceof Error ? error.name : "Error");
  }
}
