/** Checkpoint heads: one item each, small values inside, large ones as references to segments. */
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { ChannelValue, CheckpointHead } from "../../core/checkpoint/checkpoint-port.ts";
import { PART_BYTES } from "../../core/checkpoint/limits.ts";
import { pack, unpack } from "../../core/log/slot-payload.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { type Item, type Table, ttlOf } from "../table/item-batches.ts";
import { headKey, isHashed, unescape } from "../table/keys.ts";
import { decodeField, fieldOf } from "../table/read-fields.ts";
import { byteLength, claimAttribute, claimOf, decodeHead, encodeHead, type HeadFrame, type Stored } from "./items.ts";
import { INLINE_BYTES } from "./limits.ts";
import { isReference, type Segments } from "./segments.ts";
import { resolveStored } from "./stored-values.ts";

/** A head as it was read, not yet decoded. */
export interface RawHead {
  ns: string;
  checkpoint_id: string;
  claim: ClaimNumber | undefined;
  item: Item;
}

/** Segments first: the item is the commit point. */
export async function putHeadItem(table: Table, segments: Segments, head: CheckpointHead): Promise<void> {
  const Item = await headItem(table, segments, head);
  await table.client.send(new PutCommand({ TableName: table.table, Item }));
}

/**
 * Puts the head's segments.
 * @param most bytes that the item may have
 */
export async function headItem(
  table: Table,
  segments: Segments,
  head: CheckpointHead,
  most = PART_BYTES,
): Promise<Item> {
  const { thread_id, ns, checkpoint_id, parent_id, claim, first_step, metadata, checkpoint, outline } = head;
  const channels = await Promise.all(
    Object.entries(head.channels).map(async ([name, value]): Promise<[string, Stored]> => {
      if (byteLength(value) <= INLINE_BYTES) return [name, { inline: value }];
      return [name, { reference: await segments.put(head, value) }];
    }),
  );
  const payload = pack(encodeHead({ metadata, checkpoint, channels, ...(outline !== undefined && { outline }) }));
  // With hundreds of channels or huge metadata the head itself is stored in segments.
  const fits = payload.length <= most;
  const body = fits ? { d: payload } : { h: await segments.put(head, { type: "head", elements: [payload] }) };
  return {
    ...headKey(thread_id, ns, checkpoint_id),
    ...(parent_id !== undefined && { b: parent_id }),
    ...(claim && { c: claimAttribute(claim) }),
    ...(first_step !== undefined && { f: first_step }),
    ...(isHashed(ns) && { ns }),
    ...(isHashed(checkpoint_id) && { id: checkpoint_id }),
    ...body,
    ...ttlOf(table, head),
  };
}

/** `H#<ns>#<checkpoint>` */
export function toRawHead(item: Item): RawHead {
  const [, ns = "", id = ""] = item.sk.split("#");
  return {
    ns: typeof item["ns"] === "string" ? item["ns"] : unescape(ns),
    checkpoint_id: typeof item["id"] === "string" ? item["id"] : unescape(id),
    claim: claimOf(item["c"]),
    item,
  };
}

/** Metadata and inline values, without the segments: enough to filter by. */
export async function decodeRawHead(segments: Segments, thread_id: string, { item }: RawHead): Promise<HeadFrame> {
  if (item["h"] === undefined) return decodeField(item, "d", (bytes) => decodeHead(unpack(bytes)));
  const [payload] = await segments.load(thread_id, [fieldOf(item, "h", isReference)]);
  const [bytes] = payload?.elements ?? [];
  return decodeField({ ...item, h: bytes }, "h", (packed) => decodeHead(unpack(packed)));
}

/** All large values of several heads in one batch. */
export async function completeHeads(
  segments: Segments,
  thread_id: string,
  heads: readonly (readonly [RawHead, HeadFrame])[],
): Promise<CheckpointHead[]> {
  const stored = heads.flatMap(([, { channels }]) => channels.map(([, value]) => value));
  const value = await resolveStored(segments, thread_id, stored);
  return heads.map(([{ ns, checkpoint_id, claim, item }, { metadata, checkpoint, channels, outline }]) => ({
    thread_id,
    ns,
    checkpoint_id,
    ...(typeof item["b"] === "string" && { parent_id: item["b"] }),
    ...(claim && { claim }),
    ...(typeof item["f"] === "number" && { first_step: item["f"] }),
    metadata,
    checkpoint,
    channels: Object.fromEntries(channels.map(([name, one]): [string, ChannelValue] => [name, value(one)])),
    ...(outline !== undefined && { outline }),
  }));
}
