/** The behaviour of a LangGraph checkpointer over the port CheckpointStore. */
import type { BaseCheckpointSaver, CheckpointTuple } from "@langchain/langgraph";
import type {
  ChannelValue,
  CheckpointHead,
  CheckpointStore,
  TaskWrite,
  TaskWrites,
} from "../../../core/checkpoint/checkpoint-port.ts";
import { joinElements } from "../../../core/checkpoint/cut-value.ts";
import type { ClaimNumber } from "../../../core/run/run-row.ts";
import type { OutlineOf } from "../graph/outline-heads.ts";
import { firstStep, isAtLimit } from "../graph/step-limit.ts";
import { HEADS_AT_ONCE } from "../timings.ts";
import { parentsOf, storedMetadata } from "./checkpoint-metadata.ts";
import { addressOf, headsOf, queryOf } from "./checkpoint-query.ts";
import { loadSkeleton, type Revival, TASKS, toTuple } from "./checkpoint-tuple.ts";
import { deltaHistory } from "./delta-history.ts";
import { indexOf } from "./order-writes.ts";
import { type IdOf, OrderedIds } from "./ordered-ids.ts";
import { type KnownHead, type CheckpointKey, SaverCache } from "./saver-cache.ts";
import { checkSizes, dumpChannel, isNothing } from "./serialise-channel.ts";

export interface CheckpointsOptions {
  store: CheckpointStore;
  /**
   * The run's claim. It is stored with heads and writes. With it this saver is the thread's only writer, so it need not read what it knows.
   */
  claim?: ClaimNumber;
  /** The thread has no checkpoint: nothing is read before the first put of a namespace. */
  fresh?: boolean;
  /** While a task's writes are being serialised: promises that resolve when the writes have reached the store. */
  serialising?: Set<Promise<unknown>>;
  /** The newest root checkpoint when the run was claimed. Ids that the run writes sort after it. */
  newest?: string;
  /**
   * Called when a stored head uses up the steps of a graph that an earlier claim began.
   * @throws the error with which the graph fails
   */
  onStepLimit?: (ns: string, recursionLimit: number | undefined) => void;
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
  const { store, claim, fresh = false, newest, serialising, onStepLimit, outlineOf } = options;
  const { serde } = revival;
  let cache = new SaverCache();
  /** Namespaces in which an earlier claim of the run has left a head. */
  const resumed = new Set<string>();
  /** Ids of the checkpoints that this saver has put, or is about to. */
  const mine = new Set<string>();
  const own = claim === undefined ? {} : { claim };
  const ids = new OrderedIds(newest);
  /** A saver without a claim only reads, so it maps no ids. */
  const idOf: IdOf = (id) => (id === undefined || !claim ? id : ids.of(id));

  const isEmpty = (thread_id: string, ns: string): boolean => fresh && !cache.isTouched(thread_id, ns);

  /** The head asked for, or the newest one, with its writes. What this saver knows is not read again. */
  async function find(
    thread_id: string,
    ns: string,
    asked: string | undefined,
  ): Promise<[CheckpointHead, TaskWrites[]] | undefined> {
    if (isEmpty(thread_id, ns)) return undefined;
    const checkpoint_id = asked ?? (claim && cache.newest(thread_id, ns));
    const key = checkpoint_id === undefined ? undefined : { thread_id, ns, checkpoint_id };
    const known = claim && key && cache.get(key);
    if (known) return [known.head, cache.writes(key) ?? (await rereadWrites(known, key))];

    const since = cache.changes;
    const reading = key && store.writes(thread_id, ns, key.checkpoint_id);
    reading?.catch(() => undefined);
    const head = await store.head(thread_id, ns, checkpoint_id);
    if (!head) return undefined;
    if (claim && isOfRun(head, claim)) resumed.add(ns);
    const writes = await (reading ?? store.writes(thread_id, ns, head.checkpoint_id));
    const { channel_versions = {} } = await loadSkeleton(serde, head);
    cache.read({ head, versions: channel_versions }, writes, { newest: asked === undefined, since });
    return [head, writes];
  }

  async function rereadWrites(
    known: KnownHead,
    { thread_id, ns, checkpoint_id }: CheckpointKey,
  ): Promise<TaskWrites[]> {
    const since = cache.changes;
    const writes = await store.writes(thread_id, ns, checkpoint_id);
    cache.read(known, writes, { newest: false, since });
    return writes;
  }

  const tupleOf = async (head: CheckpointHead, writes: TaskWrites[]): Promise<CheckpointTuple> => {
    const skeleton = await loadSkeleton(serde, head);
    ids.read(head.ns, head.checkpoint_id, skeleton.id);
    return toTuple(revival, head, skeleton, writes);
  };

  async function* tuplesOf(heads: AsyncIterable<CheckpointHead>): AsyncGenerator<CheckpointTuple> {
    let page: CheckpointHead[] = [];
    const flush = async (): Promise<CheckpointTuple[]> => {
      const read = page;
      page = [];
      return Promise.all(
        read.map(async (head) => tupleOf(head, await store.writes(head.thread_id, head.ns, head.checkpoint_id))),
      );
    };
    for await (const head of heads) {
      page.push(head);
      if (page.length === HEADS_AT_ONCE) yield* await flush();
    }
    yield* await flush();
  }

  return {
    async getTuple(config) {
      const { thread_id, ns, checkpoint_id } = addressOf(config);
      if (thread_id === undefined) return undefined;
      const found = await find(thread_id, ns ?? "", idOf(checkpoint_id));
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
      const before = parent_id === undefined ? undefined : cache.get({ thread_id, ns, checkpoint_id: parent_id });
      const isUnknown = parent_id === undefined && metadata.source !== "fork";
      const versions = checkpoint.channel_versions;

      const checkpoint_id = claim ? ids.put(ns, checkpoint.id) : checkpoint.id;
      mine.add(checkpoint_id);
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
      const first_step = firstStep(metadata, claim && isOfRun(before?.head, claim) ? before?.head : undefined);
      const head: CheckpointHead = {
        thread_id,
        ns,
        checkpoint_id,
        ...(parent_id !== undefined && { parent_id }),
        ...own,
        ...(claim && { first_step }),
        metadata: stored,
        checkpoint: body,
        channels,
        ...(outline !== undefined && { outline }),
      };
      await store.putHead(head);
      cache.put({ head, versions: { ...versions } }, fresh);
      const { recursionLimit } = config;
      if (resumed.has(ns) && isAtLimit(metadata.step, first_step, recursionLimit)) onStepLimit?.(ns, recursionLimit);
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
      const exists = (): Promise<boolean> => store.exists(thread_id, ns, given);
      const keeping = claim && ids.writtenTo(ns, given, exists);
      // Awaited with the values. Until then a failure must not count as unhandled.
      keeping?.catch(() => undefined);
      const begin = async (): Promise<{ task: TaskWrites; storing: Promise<void> }> => {
        // Ordinary indexes are unique in a call. Of special ones the last counts.
        const byIndex = new Map((await Promise.all(dumped)).map((write) => [write.index, write]));
        checkSizes(
          [...byIndex.values()].map(({ channel, value }) => [channel, value]),
          "What a task writes",
        );
        const checkpoint_id = (await keeping) ?? given;
        const address = { thread_id, ns, checkpoint_id, task_id, task_path };
        const foreign = claim !== undefined && !mine.has(checkpoint_id) && !isOfRun(cache.get(address)?.head, claim);
        const task: TaskWrites = { ...address, ...own, ...(foreign && { foreign }), writes: [...byIndex.values()] };
        return { task, storing: store.putWrites(task) };
      };
      const begun = begin();
      serialising?.add(begun);
      const { task, storing } = await begun.finally(() => serialising?.delete(begun));
      await storing;
      if (claim) cache.wrote(task);
    },

    async deleteThread(thread_id) {
      await store.remove(thread_id);
      cache = new SaverCache();
    },

    async getDeltaChannelHistory({ config, channels }) {
      const { thread_id, ns = "", checkpoint_id } = addressOf(config);
      if (!channels.length) return {};
      const found = thread_id === undefined ? undefined : await find(thread_id, ns, idOf(checkpoint_id));
      if (!found) return Object.fromEntries(channels.map((channel) => [channel, { writes: [] }]));
      return deltaHistory({ store, serde }, found[0], channels);
    },
  };
}

const isOfRun = (head: CheckpointHead | undefined, { log_start }: ClaimNumber): boolean =>
  head?.claim?.log_start === log_start;

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
