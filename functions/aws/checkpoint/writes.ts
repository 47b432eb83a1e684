/**
 * Pending writes: one item per checkpoint, task, claim and group, one update per item. Negative indexes (special channels) are overwritten;
 * others are kept as first written.
 */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { TaskWrite, TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { pack, unpack } from "../../core/log/slot-payload.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { unsealed } from "../table/conditions.ts";
import { type Item, type Table, ttlOf } from "../table/item-batches.ts";
import { isHashed, unescape, writesKey, writesPrefix } from "../table/keys.ts";
import { fieldOf, isBytes, isText } from "../table/read-fields.ts";
import {
  byteLength,
  claimAttribute,
  claimOf,
  decodeWrite,
  encodeWrite,
  type Stored,
  type WriteFrame,
} from "./items.ts";
import { WRITE_INLINE_BYTES, WRITES_PER_ITEM } from "./limits.ts";
import { countingWrites, runOf } from "./seals.ts";
import type { Segments } from "./segments.ts";
import { resolveStored } from "./stored-values.ts";

/** The group of a task's special writes; ordinary ones are in groups of WRITES_PER_ITEM. */
const SPECIAL = "s";

/** Above this many bytes no compression makes a value small enough to be inline. */
const NEVER_INLINE = 16 * WRITE_INLINE_BYTES;

const groupOf = (index: number): string => (index < 0 ? SPECIAL : String(Math.floor(index / WRITES_PER_ITEM)));

/** Attribute of a write: `w<index>`, `s<-index>` for special ones. */
const attributeOf = (index: number): string => (index < 0 ? `s${-index}` : `w${index}`);

export async function putTaskWrites(table: Table, segments: Segments, task: TaskWrites): Promise<void> {
  const groups = groupsOf(task);
  await Promise.all([...groups].map(([name, group]) => putGroup(table, segments, task, name, [...group.values()])));
}

function groupsOf({ writes }: TaskWrites): Map<string, Map<number, TaskWrite>> {
  const groups = new Map<string, Map<number, TaskWrite>>();
  for (const write of writes) {
    const name = groupOf(write.index);
    const group = groups.get(name) ?? new Map<number, TaskWrite>();
    groups.set(name, group);
    if (write.index < 0 || !group.has(write.index)) group.set(write.index, write);
  }
  return groups;
}

/** The items of a task whose claim has written nothing for it yet. Puts their segments. */
export async function writesItems(segments: Segments, task: TaskWrites): Promise<Item[]> {
  const { claim, task_path: tp, task_id } = task;
  return Promise.all(
    [...groupsOf(task)].map(async ([name, group]) => ({
      ...writesKey(task, name),
      tp,
      ...(claim && { c: claimAttribute(claim) }),
      ...(task.foreign && { o: true }),
      ...(isHashed(task_id) && { t: task_id }),
      ...Object.fromEntries(
        await Promise.all(
          [...group.values()].map(async (write): Promise<[string, Uint8Array]> => [
            attributeOf(write.index),
            await encodeValue(segments, task, write),
          ]),
        ),
      ),
    })),
  );
}

async function putGroup(
  table: Table,
  segments: Segments,
  task: TaskWrites,
  name: string,
  writes: TaskWrite[],
): Promise<void> {
  const values = await Promise.all(writes.map((write) => encodeValue(segments, task, write)));
  const { claim } = task;
  const { ttl } = { ttl: undefined, ...ttlOf(table, task) };
  const sets = ["tp = :tp", ...(claim ? ["c = :c"] : []), ...(isHashed(task.task_id) ? ["t = :t"] : [])];
  if (ttl !== undefined) sets.push("#ttl = :ttl");
  if (task.foreign) sets.push("o = :o");
  for (const [at, { index }] of writes.entries()) {
    const attribute = attributeOf(index);
    sets.push(index < 0 ? `${attribute} = :${at}` : `${attribute} = if_not_exists(${attribute}, :${at})`);
  }
  // A failed condition is ignored: the claim is sealed, so readers do not see this write anyway.
  await attemptWrite(table.clock, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.table,
        Key: writesKey(task, name),
        UpdateExpression: `SET ${sets.join(", ")}`,
        ConditionExpression: unsealed.expression,
        ...(ttl !== undefined && { ExpressionAttributeNames: { "#ttl": "ttl" } }),
        ExpressionAttributeValues: {
          ":tp": task.task_path,
          ...(ttl !== undefined && { ":ttl": ttl }),
          ...(claim && { ":c": claimAttribute(claim) }),
          ...(task.foreign && { ":o": true }),
          ...(isHashed(task.task_id) && { ":t": task.task_id }),
          ...Object.fromEntries(values.map((value, at) => [`:${at}`, value])),
        },
      }),
    ),
  );
}

async function encodeValue(segments: Segments, task: TaskWrites, write: TaskWrite): Promise<Uint8Array> {
  const { channel, value } = write;
  const size = byteLength(value);
  if (size <= NEVER_INLINE) {
    const packed = pack(encodeWrite({ channel, stored: { inline: value } }));
    if (packed.length <= WRITE_INLINE_BYTES) return packed;
  }
  return pack(encodeWrite({ channel, stored: { reference: await segments.put(task, value) } }));
}

type CheckpointKey = Pick<TaskWrites, "thread_id" | "ns" | "checkpoint_id">;

/** Consistent. Of each run and task only the writes of the greatest epoch; runs are merged in their order. */
export async function readTaskWrites(table: Table, segments: Segments, key: CheckpointKey): Promise<TaskWrites[]> {
  const prefix = writesPrefix(key.ns, key.checkpoint_id);
  const counting = await countingWrites(table, key.thread_id, prefix);
  const tasks = mergeClaims(counting).map((task): [MergedTask, [number, WriteFrame][]] => [
    task,
    [...task.writes].map(([index, bytes]) => [index, decodeWrite(unpack(bytes))]),
  ]);
  const stored = tasks.flatMap(([, writes]) => writes.map(([, frame]) => frame.stored));
  const value = await resolveStored(segments, key.thread_id, stored);
  return tasks.map(([{ task_id, task_path, claim }, writes]) => ({
    ...key,
    task_id,
    task_path,
    ...(claim && { claim }),
    writes: writes.map(([index, { channel, stored: at }]) => ({ index, channel, value: value(at) })),
  }));
}

export interface MergedTask {
  task_id: string;
  task_path: string;
  /** The last that wrote. */
  claim: ClaimNumber | undefined;
  /** Encoded writes by index, ascending. */
  writes: Map<number, Uint8Array>;
}

/**
 * The items of one checkpoint as readers see them. Claims of one run are never mixed: the newest epoch that wrote for a task has run it
 * again (model rule pendingWritesPerClaim). Runs are merged in the order of their first slots, writes of no run first.
 */
export function mergeClaims(items: readonly Item[]): MergedTask[] {
  const byTask = Map.groupBy(items, taskOf);
  return [...byTask].map(([task_id, own]) => {
    const byRun = [...Map.groupBy(own, runOf)].toSorted(([one], [other]) => one - other);
    const merged = new Map<number, Uint8Array>();
    let task_path = "";
    let claim: ClaimNumber | undefined;
    for (const [, ofRun] of byRun) {
      const newest = Math.max(...ofRun.map(epochOf));
      for (const item of ofRun.filter((candidate) => epochOf(candidate) === newest)) {
        task_path = fieldOf(item, "tp", isText);
        claim = claimOf(item["c"]);
        for (const [index, bytes] of writesOf(item)) if (index < 0 || !merged.has(index)) merged.set(index, bytes);
      }
    }
    return { task_id, task_path, claim, writes: new Map([...merged].toSorted(([one], [other]) => one - other)) };
  });
}

const epochOf = ({ c }: Item): number => claimOf(c)?.epoch ?? 0;

/** `W#<ns>#<checkpoint>#<task>#<claim>#<group>` */
const taskOf = (item: Item): string =>
  typeof item["t"] === "string" ? item["t"] : unescape(item.sk.split("#")[3] ?? "");

function writesOf(item: Item): [number, Uint8Array][] {
  return Object.keys(item).flatMap((name): [number, Uint8Array][] => {
    const [, kind, digits] = /^([ws])(\d+)$/.exec(name) ?? [];
    if (kind === undefined) return [];
    return [[kind === "s" ? -Number(digits) : Number(digits), fieldOf(item, name, isBytes)]];
  });
}

/** A merged task as items of another thread, without a claim. */
export function itemsOf(key: CheckpointKey, { task_id, task_path, writes }: Omit<MergedTask, "claim">): Item[] {
  const groups = Map.groupBy(writes, ([index]) => groupOf(index));
  return [...groups].map(([group, members]) => ({
    ...writesKey({ ...key, task_id }, group),
    tp: task_path,
    ...(isHashed(task_id) && { t: task_id }),
    ...Object.fromEntries(members.map(([index, bytes]) => [attributeOf(index), bytes])),
  }));
}

/** The values of an item of pending writes, or references to them. */
export const storedIn = (item: Item): Stored[] => writesOf(item).map(([, bytes]) => decodeWrite(unpack(bytes)).stored);
