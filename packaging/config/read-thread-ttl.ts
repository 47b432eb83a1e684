/** Reads `checkpointer.ttl` of a langgraph.json: how long threads are kept that come without a `ttl`. Sweeps are each minute anyway. */
import { ThreadTtlConfig } from "../../functions/protocol/manifest.ts";
import { isRecord } from "../source-files.ts";

/** What is not understood has no effect and is reported. */
export function readThreadTtl(checkpointer: unknown, warn: (text: string) => void): ThreadTtlConfig | undefined {
  if (!isRecord(checkpointer) || !isRecord(checkpointer["ttl"])) return undefined;
  const { strategy, default_ttl } = checkpointer["ttl"];
  if (default_ttl === undefined || default_ttl === null) return undefined;
  const parsed = ThreadTtlConfig.safeParse({ strategy: strategy ?? undefined, ttl: default_ttl });
  if (parsed.success) return parsed.data;
  warn(`"checkpointer.ttl" is not understood (${parsed.error.issues[0]?.message}): threads are kept.`);
  return undefined;
}
