/** The behaviour of a LangGraph checkpointer over the port CheckpointStore. */
import type { BaseCheckpointSaver, CheckpointTuple } from "@langchain/langgraph";
import type { ChannelValue, CheckpointHead, TaskWrite, TaskWrites } from "../../../core/checkpoint/checkpoint-port.ts";
import { joinElements } from "../../../core/checkpoint/cut-value.ts";
import { checkSizes, checkWrites } from "../../checkpoint/check-sizes.ts";
import { ClaimedHeads, type ClaimedHeadsOptions } from "../../checkpoint/claimed-heads.ts";
import { indexOf } from "../../checkpoint/order-writes.ts";
import type { IdOf } from "../../checkpoint/ordered-ids.ts";
import { parentsOf } from "../../checkpoint/parents.ts";
import type { KnownHead } from "../../checkpoint/saver-cache.ts";
import type { OutlineOf } from "../graph/outline-heads.ts";
import { HEADS_AT_ONCE } from "../timings.ts";
import { storedMetadata } from "./checkpoint-metadata.ts";
import { addressOf, headsOf, queryOf } from "./checkpoint-query.ts";
import { loadSkeleton, type Revival, TASKS, toTuple } from "./checkpoint-tuple.ts";
import { deltaHistory } from "./delta-history.ts";
import { dumpChannel, isNothing } from "./serialise-channel.ts";

export interface CheckpointsOptions extends ClaimedHeadsOptions {
  /** While a task's writes are being serialised: promises that resolve when the writes have reached the store. */
  serialising?: Set<Promise<unknown>>;
  /** Called with each new root checkpoint. What it needs of it, it must copy before it returns its promise. */
  outlineOf?: OutlineOf;
  /** For `list` without a thread, which the server never calls. */
  threadIds?: () => AsyncIterable<string>;
}

export type Checkpoints = Pick<
  BaseCheckpointSaver,
  "getTuple" | "list" | "put" | "putWrites" | "deleteThread" | "getDeltaChannelHistory"
>;

export function createCheckpoints(options: CheckpointsOptions, revival: Revival): Checkpoints {
  const { store, serialising, outlineOf } = options;
  const { serde } = revival;
  const heads = new ClaimedHeads(options, async (head) => (await loadSkeleton(serde, head)).channel_versions ?? {});
  const idOf: IdOf = (id) => heads.idOf(id);

  const tupleOf = async (head: CheckpointHead, writes: TaskWrites[]): Promise<CheckpointTuple> => {
    const skeleton = await loadSkeleton(serde, head);
    heads.named(head, skeleton.id);
    return toTuple(revival, head, skeleton, writes);
  };

  async function* tuplesOf(found: AsyncIterable<CheckpointHead>): AsyncGenerator<CheckpointTuple> {
    let page: CheckpointHead[] = [];
    const flush = async (): Promise<CheckpointTuple[]> => {
      const read = page;
      page = [];
      return Promise.all(
        read.map(async (head) => tupleOf(head, await store.writes(head.thread_id, head.ns, head.checkpoint_id))),
      );
    };
    for await (const head of found) {
      page.push(head);
      if (page.length === HEADS_AT_ONCE) yield* await flush();
    }
    yield* await flush();
  }

  return {
    async getTuple(config) {
      const { thread_id, ns, checkpoint_id } = addressOf(config);
      if (thread_id === undefined) return undefined;
      const found = await heads.find(thread_id, ns ?? "", idOf(checkpoint_id));
      return found && tupleOf(...found);
    },

    async *list(config, listOptions) {
      const { thread_id, ns, checkpoint_id } = addressOf(config);
      const query = queryOf(ns, listOptions, idOf);
      let left = query.limit ?? Infinity;
      for await (const id of thread_id === undefined ? allThreads(options) : [thread_id]) {
        if (left <= 0) return;
        const limited = { ...query, ...(left < Infinity && { limit: left }) };
        for await (const tuple of tuplesOf(headsOf(store, id, limited, idOf(checkpoint_id)))) {
          yield tuple;
          left--;
        }
      }
    },

    async put(config, checkpoint, metadata, newVersions) {
      const { thread_id, ns = "", checkpoint_id: parent } = addressOf(config);
      if (thread_id === undefined) throw new Error('cannot put a checkpoint: "configurable" has no "thread_id"');
      const {
        channel_values,
        pending_sends: _sends,
        ...skeleton
      } = checkpoint as typeof checkpoint & { pending_sends?: unknown };
      const parent_id = idOf(parent);
      const before = parent_id === undefined ? undefined : heads.known({ thread_id, ns, checkpoint_id: parent_id });
      const isUnknown = parent_id === undefined && metadata.source !== "fork";
      const versions = checkpoint.channel_versions;

      const checkpoint_id = heads.name(ns, checkpoint.id);
      const outlining = ns === "" ? outlineOf?.({ thread_id, checkpoint, metadata }) : undefined;
      // All channels are serialised before the first await: afterwards the caller may change them.
      const serialised = Object.entries(channel_values).map(
        async ([name, value]): Promise<[string, ChannelValue] | undefined> => {
          const isNew = Object.hasOwn(newVersions, name);
          // Only LangGraph's conformance suite does this: a first checkpoint whose channel has no new version was never written.
          if (!isNew && isUnknown) return undefined;
          const inherited = isNew ? undefined : inheritedValue(before, name, versions[name]);
          const dumped = inherited ?? (await dumpChannel(serde, value, `The channel "${name}"`));
          return isNothing(dumped) ? undefined : [name, dumped];
        },
      );
      const sends = Object.hasOwn(newVersions, TASKS) ? undefined : inheritedValue(before, TASKS, versions[TASKS]);
      const [outlined, storesGiven, stored, body, ...entries] = await Promise.all([
        outlining,
        !outlining || !sends || isValue(serde, sends, channel_values[TASKS]),
        storedMetadata(serde, config, { ...metadata, ...parentsOf(metadata, idOf) }),
        dumpChannel(serde, skeleton, "The checkpoint"),
        ...serialised,
      ]);
      const known = entries.filter((entry) => entry !== undefined);
      checkSizes(known, "The state");
      const channels = Object.fromEntries(known);
      const outline = (storesGiven ? outlined : undefined)?.((name) => Object.hasOwn(channels, name));
      await heads.put({
        head: {
          thread_id,
          ns,
          checkpoint_id,
          ...(parent_id !== undefined && { parent_id }),
          metadata: stored,
          checkpoint: body,
          channels,
          ...(outline !== undefined && { outline }),
        },
        versions: { ...versions },
        step: metadata,
        recursionLimit: config.recursionLimit,
      });
      return { configurable: { thread_id, checkpoint_ns: ns, checkpoint_id } };
    },

    async putWrites(config, writes, task_id, task_path = "") {
      const { thread_id, ns = "", checkpoint_id: given } = addressOf(config);
      if (thread_id === undefined) throw new Error('cannot put writes: "configurable" has no "thread_id"');
      if (given === undefined) throw new Error('cannot put writes: "configurable" has no "checkpoint_id"');
      if (!writes.length) return;
      const dumped = writes.map(async ([channel, value], position): Promise<TaskWrite> => {
        return {
          index: indexOf(channel, position),
          channel,
          value: await dumpChannel(serde, value, `The channel "${channel}"`),
        };
      });
      const checked = async (): Promise<TaskWrite[]> => checkWrites(await Promise.all(dumped));
      const begun = heads.beginWrites({ thread_id, ns, checkpoint_id: given, task_id, task_path }, checked());
      serialising?.add(begun);
      const { stored } = await begun.finally(() => serialising?.delete(begun));
      await stored;
    },

    async deleteThread(thread_id) {
      await store.remove(thread_id);
      heads.forget();
    },

    async getDeltaChannelHistory({ config, channels }) {
      const { thread_id, ns = "", checkpoint_id } = addressOf(config);
      if (!channels.length) return {};
      const found = thread_id === undefined ? undefined : await heads.find(thread_id, ns, idOf(checkpoint_id));
      if (!found) return Object.fromEntries(channels.map((channel) => [channel, { writes: [] }]));
      return deltaHistory({ store, serde }, found[0], channels);
    },
  };
}

/** A channel of the parent's version has the parent's value, which is neither serialised nor written again. */
function inheritedValue(
  parent: KnownHead | undefined,
  name: string,
  version: number | string | undefined,
): ChannelValue | undefined {
  if (!parent || version === undefined || parent.versions[name] !== version) return undefined;
  return Object.hasOwn(parent.head.channels, name) ? parent.head.channels[name] : undefined;
}

/** LangGraph 1.0 may take sends away without a new version: who stores by version keeps them, and the outline would know none. */
async function isValue(serde: Revival["serde"], stored: ChannelValue, given: unknown): Promise<boolean> {
  const { elements } = await dumpChannel(serde, given, `The channel "${TASKS}"`);
  return Buffer.compare(joinElements(elements), joinElements(stored.elements)) === 0;
}

function allThreads({ threadIds }: CheckpointsOptions): AsyncIterable<string> {
  if (!threadIds) throw new Error('cannot list checkpoints: "configurable" has no "thread_id"');
  return threadIds();
}
