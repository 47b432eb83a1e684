/** Reads of Python threads by the outlines of their heads, without a child. A read resolves to undefined where the graph must be asked. */
import type { CheckpointHead, CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import { HEADS_PAGE } from "../../../core/checkpoint/limits.ts";
import type { StateQuery } from "../../../core/run/execute/engine-port.ts";
import type { HistoryQuery, ThreadState } from "../../../protocol/thread.ts";
import { readOutline } from "../../checkpoint/outline.ts";
import type { ErrorText } from "../../graph/shown-errors.ts";
import { outlinedState, stateWithoutHead } from "../checkpoint/outlined-state.ts";
import { pagesOf } from "../../checkpoint/pages-of.ts";

export interface OutlinedReadsOptions {
  checkpoints: CheckpointStore;
  topologyOf: (graph_id: string) => string | undefined;
  text: ErrorText;
}

export interface OutlinedReads {
  state(query: StateQuery): Promise<ThreadState | undefined>;
  history(query: StateQuery & HistoryQuery): Promise<ThreadState[] | undefined>;
}

export function outlinedReads({ checkpoints, topologyOf, text }: OutlinedReadsOptions): OutlinedReads {
  const stateOf = async (
    head: CheckpointHead,
    { graph_id = "", subgraphs = false }: StateQuery,
    isNewest: boolean,
  ): Promise<ThreadState | undefined> => {
    const outline = readOutline(head.outline, topologyOf(graph_id));
    if (!outline || (subgraphs && outline.tasks.some(([, , , nested]) => nested))) return undefined;
    const writes = await checkpoints.writes(head.thread_id, head.ns, head.checkpoint_id);
    return outlinedState({ head, writes, outline, isNewest }, text);
  };

  return {
    async state(query) {
      const { thread_id, checkpoint } = query;
      if (checkpoint?.checkpoint_ns) return undefined;
      const asked = checkpoint?.checkpoint_id || undefined;
      const head = await checkpoints.head(thread_id, "", asked);
      if (!head) return asked === undefined ? stateWithoutHead(thread_id) : undefined;
      return stateOf(head, query, asked === undefined);
    },
    async history(query) {
      const { thread_id, checkpoint, limit, before, metadata } = query;
      if (checkpoint?.checkpoint_ns || checkpoint?.checkpoint_id) return undefined;
      const heads = checkpoints.heads(thread_id, {
        ns: "",
        limit,
        ...(before?.checkpoint_id && { before: before.checkpoint_id }),
        ...(metadata && { metadata }),
      });
      const states: ThreadState[] = [];
      for await (const page of pagesOf(heads, HEADS_PAGE)) {
        const found = await Promise.all(page.map((head) => stateOf(head, query, false)));
        if (!found.every((state) => state !== undefined)) return undefined;
        states.push(...found);
      }
      return states;
    },
  };
}
