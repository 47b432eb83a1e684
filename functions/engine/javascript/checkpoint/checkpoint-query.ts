/** Which checkpoints a call of LangGraph asks for, by its config and options. */
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import type { CheckpointHead, CheckpointStore, HeadQuery } from "../../../core/checkpoint/checkpoint-port.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import type { IdOf } from "../../checkpoint/ordered-ids.ts";

type Config = Parameters<BaseCheckpointSaver["getTuple"]>[0];
type ListOptions = Parameters<BaseCheckpointSaver["list"]>[1];

interface Address {
  thread_id: string | undefined;
  ns: string | undefined;
  checkpoint_id: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** `thread_ts` is the name of `checkpoint_id` in old clients. */
export function addressOf({ configurable = {} }: Config): Address {
  return {
    thread_id: text(configurable["thread_id"]) || undefined,
    ns: text(configurable["checkpoint_ns"]),
    checkpoint_id: text(configurable["checkpoint_id"]) || text(configurable["thread_ts"]) || undefined,
  };
}

export function queryOf(
  ns: string | undefined,
  { limit, before, filter }: NonNullable<ListOptions> = {},
  idOf: IdOf,
): HeadQuery {
  const end = before && idOf(addressOf(before).checkpoint_id);
  return {
    ...(ns !== undefined && { ns }),
    ...(end !== undefined && { before: end }),
    ...(limit !== undefined && { limit }),
    ...(filter && { metadata: filter as JsonObject }),
  };
}

/** One checkpoint by its address, or those of a query. */
export async function* headsOf(
  store: CheckpointStore,
  thread_id: string,
  query: HeadQuery,
  checkpoint_id: string | undefined,
): AsyncGenerator<CheckpointHead> {
  if (checkpoint_id === undefined) return yield* store.heads(thread_id, query);
  const { limit = Infinity, ...all } = query;
  if (limit <= 0) return;
  for await (const head of store.heads(thread_id, all)) if (head.checkpoint_id === checkpoint_id) return yield head;
}
