/** The calls of the Python child's saver, on what a claim knows. Values stay bytes. */
import type {
  ChannelValue,
  CheckpointHead,
  CheckpointStore,
  TaskWrite,
} from "../../../core/checkpoint/checkpoint-port.ts";
import { joinElements } from "../../../core/checkpoint/cut-value.ts";
import { OUTLINE_BYTES } from "../../../core/checkpoint/limits.ts";
import { jsonBytes } from "../../../core/json/size-limits.ts";
import type { Json, JsonObject } from "../../../protocol/json.ts";
import { checkSizes, checkWrites } from "../../checkpoint/check-sizes.ts";
import type { ClaimedHeads, FoundHead } from "../../checkpoint/claimed-heads.ts";
import { orderWrites } from "../../checkpoint/order-writes.ts";
import { parentsOf } from "../../checkpoint/parents.ts";
import type { Answer } from "../process/child.ts";
import type { Header } from "../process/frames.ts";

/** A value of a frame: type of the serde, and position of its blob. */
type Reference = [type: string, blob: number];

interface Address {
  thread_id: string;
  ns: string;
  /** Of a put, LangGraph's own; else the stored one. */
  checkpoint_id: string | null;
}

interface Put extends Address {
  checkpoint_id: string;
  parent_id: string | null;
  metadata: JsonObject;
  step: { step: number; source: string };
  recursion_limit: number | null;
  checkpoint: Reference;
  /** Channels with a new value. */
  channels: Record<string, Reference>;
  /** Channels with the parent's value. */
  keep: string[];
  /** Without the topology. */
  outline: Json;
}

interface PutWrites extends Address {
  checkpoint_id: string;
  task_id: string;
  task_path: string;
  writes: [index: number, channel: string, value: Reference][];
}

interface List extends Omit<Address, "ns"> {
  ns: string | null;
  before: string | null;
  limit: number | null;
  filter: JsonObject | null;
}

export interface SaverOptions {
  heads: ClaimedHeads;
  store: CheckpointStore;
  /** Told of writes that are about to reach the store: what announces them has to wait. */
  begun?: (writes: Promise<unknown>) => void;
  /** Of the graph, where its heads get outlines. */
  topology?: string | undefined;
}

export type ChildCall = (header: Header, blobs: Buffer[]) => Promise<Answer>;

/** By the name of the call. Headers are those of `child/threadline_child/saver.py`. */
export function saverCalls({ heads, store, begun, topology }: SaverOptions): Record<string, ChildCall> {
  const found = async ([head, writes]: FoundHead, blobs: Uint8Array[]): Promise<object> => {
    // The other end keeps the ids apart: here a stored id stands for both.
    heads.named(head, head.checkpoint_id);
    const refer = ({ type, elements }: ChannelValue): Reference => [type, blobs.push(joinElements(elements)) - 1];
    const { thread_id, ns, checkpoint_id, parent_id, metadata } = head;
    return {
      thread_id,
      ns,
      checkpoint_id,
      parent_id,
      metadata,
      checkpoint: refer(head.checkpoint),
      channels: Object.fromEntries(Object.entries(head.channels).map(([name, value]) => [name, refer(value)])),
      writes: orderWrites(writes).map(({ task_id, channel, value }) => [task_id, channel, refer(value)]),
    };
  };

  const keptOf = async ({ thread_id, ns, keep }: Put, parent_id: string | undefined) => {
    if (keep.length === 0 || parent_id === undefined) return {};
    const key = { thread_id, ns, checkpoint_id: parent_id };
    const parent = heads.known(key)?.head ?? (await store.head(thread_id, ns, parent_id));
    return Object.fromEntries(
      keep.map((name): [string, ChannelValue] => {
        const value = parent?.channels[name];
        if (!value) throw new Error(`the checkpoint ${parent_id} has no channel "${name}"`);
        return [name, value];
      }),
    );
  };

  return {
    async "saver.get"(header) {
      const { thread_id, ns, checkpoint_id } = header as unknown as Address;
      const blobs: Uint8Array[] = [];
      const head = await heads.find(thread_id, ns, heads.idOf(checkpoint_id ?? undefined));
      return { ok: head ? await found(head, blobs) : null, blobs };
    },

    async "saver.list"(header) {
      const { thread_id, ns, checkpoint_id, before, limit, filter } = header as unknown as List;
      const asked = heads.idOf(checkpoint_id ?? undefined);
      const end = heads.idOf(before ?? undefined);
      const blobs: Uint8Array[] = [];
      const all: object[] = [];
      const query = {
        ...(ns !== null && { ns }),
        ...(end !== undefined && { before: end }),
        ...(filter && { metadata: filter }),
        ...(limit !== null && asked === undefined && { limit }),
      };
      for await (const head of store.heads(thread_id, query)) {
        if (asked !== undefined && head.checkpoint_id !== asked) continue;
        const writes = await store.writes(thread_id, head.ns, head.checkpoint_id);
        all.push(await found([head, writes], blobs));
        if (all.length === limit || asked !== undefined) break;
      }
      return { ok: all, blobs };
    },

    async "saver.put"(header, blobs) {
      const put = header as unknown as Put;
      const { thread_id, ns, metadata, step, recursion_limit } = put;
      const parent_id = heads.idOf(put.parent_id ?? undefined);
      const checkpoint_id = heads.name(ns, put.checkpoint_id);
      const given = Object.entries(put.channels).map(([name, value]): [string, ChannelValue] => [
        name,
        valueOf(value, blobs),
      ]);
      const channels = { ...(await keptOf(put, parent_id)), ...Object.fromEntries(given) };
      checkSizes(Object.entries(channels), "The state");
      const outline = topology !== undefined && Array.isArray(put.outline) ? [topology, ...put.outline] : null;
      const head: CheckpointHead = {
        thread_id,
        ns,
        checkpoint_id,
        ...(parent_id !== undefined && { parent_id }),
        metadata: { ...metadata, ...(parentsOf(metadata, (id) => heads.idOf(id)) as JsonObject) },
        checkpoint: valueOf(put.checkpoint, blobs),
        channels,
        ...(outline && jsonBytes(outline) <= OUTLINE_BYTES && { outline }),
      };
      await heads.put({ head, versions: {}, step, recursionLimit: recursion_limit ?? undefined });
      return { ok: checkpoint_id };
    },

    async "saver.put_writes"(header, blobs) {
      const { thread_id, ns, checkpoint_id, task_id, task_path, writes } = header as unknown as PutWrites;
      const all = writes.map(([index, channel, value]): TaskWrite => ({
        index,
        channel,
        value: valueOf(value, blobs),
      }));
      const left = checkWrites(all);
      const address = { thread_id, ns, checkpoint_id, task_id, task_path };
      const beginning = heads.beginWrites(address, Promise.resolve(left));
      begun?.(beginning);
      await (
        await beginning
      ).stored;
      return { ok: null };
    },
  };
}

function valueOf([type, at]: Reference, blobs: readonly Buffer[]): ChannelValue {
  const bytes = blobs[at];
  if (!bytes) throw new Error("a frame lacks a value");
  return { type, elements: [bytes] };
}
