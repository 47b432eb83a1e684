/** Reads of threads by the outlines of their heads, without the graph. A read returns undefined where the graph must be asked. */
import type { CheckpointHead, CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import type { Json } from "../../../protocol/json.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import { headsOf, queryOf } from "../checkpoint/checkpoint-query.ts";
import { readOutline } from "../../checkpoint/outline.ts";
import type { ReadValue } from "../checkpoint/value-reader.ts";
import { toPlain } from "../events/to-json.ts";
import { featuresOf, type StateSnapshot } from "../langgraph.ts";
import { HEADS_AT_ONCE } from "../timings.ts";
import { type HistoryOptions, type ServedQuery, stateConfig } from "./graph-state.ts";
import { emptySnapshot, outlinedSnapshot, shownValues } from "./outlined-snapshot.ts";
import { pagesOf } from "../../checkpoint/pages-of.ts";

export interface OutlinedReads {
  state(query: ServedQuery, store: CheckpointStore): Promise<StateSnapshot | undefined>;
  history(query: ServedQuery, options: HistoryOptions, store: CheckpointStore): Promise<StateSnapshot[] | undefined>;
  values(head: CheckpointHead, graph_id: string): Promise<Json | undefined>;
}

export function outlinedReads(
  { graphs, langgraph_version }: Pick<Manifest, "graphs" | "langgraph_version">,
  read: ReadValue,
): OutlinedReads {
  const features = featuresOf(langgraph_version);
  const outlineOf = ({ outline }: CheckpointHead, graph_id: string) => readOutline(outline, graphs[graph_id]?.topology);

  const snapshotOf = async (
    head: CheckpointHead,
    { graph_id, subgraphs = false }: ServedQuery,
    { store, isNewest }: { store: CheckpointStore; isNewest: boolean },
  ): Promise<StateSnapshot | undefined> => {
    const outline = outlineOf(head, graph_id);
    if (!outline || (subgraphs && outline.tasks.some(([, , , nested]) => nested))) return undefined;
    const writes = await store.writes(head.thread_id, head.ns, head.checkpoint_id);
    return outlinedSnapshot({ head, writes, outline, isNewest }, { read, features });
  };

  return {
    async state(query, store) {
      const { thread_id, graph_id, checkpoint } = query;
      if (checkpoint?.checkpoint_ns) return undefined;
      const asked = checkpoint?.checkpoint_id || undefined;
      const head = await store.head(thread_id, "", asked);
      if (!head) return emptySnapshot(stateConfig(thread_id, graph_id, checkpoint));
      return snapshotOf(head, query, { store, isNewest: asked === undefined });
    },
    async history(query, options, store) {
      if (query.checkpoint?.checkpoint_ns || query.checkpoint?.checkpoint_id) return undefined;
      const wanted = queryOf("", options, (id) => id);
      const snapshots: StateSnapshot[] = [];
      for await (const page of pagesOf(headsOf(store, query.thread_id, wanted, undefined), HEADS_AT_ONCE)) {
        const found = await Promise.all(page.map((head) => snapshotOf(head, query, { store, isNewest: false })));
        if (!found.every((snapshot) => snapshot !== undefined)) return undefined;
        snapshots.push(...found);
      }
      return snapshots;
    },
    async values(head, graph_id) {
      const outline = outlineOf(head, graph_id);
      return outline && toPlain(await shownValues(read, head, outline), "The thread's values");
    },
  };
}
