/** The encoding of heads and pending writes: JSON notes, followed by the bytes of small values. */
import type { ChannelValue } from "../../core/checkpoint/checkpoint-port.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import type { Json, JsonObject } from "../../protocol/json.ts";
import { isNumber, isObject, isText, isTexts } from "../table/read-fields.ts";
import { isReference, type Reference } from "./segments.ts";

const WORD = 4;

/** How a value is stored: inline, by the lengths of its elements, or as a reference to segments. */
type Note = Inline | Reference;
type Inline = [type: string, lengths: number[]];

const isInline = (note: unknown): note is Inline =>
  Array.isArray(note) && isText(note[0]) && Array.isArray(note[1]) && note[1].every(isNumber);

/** A value that is inline, or the reference to one that is not. */
export type Stored = { inline: ChannelValue } | { reference: Reference };

export interface HeadFrame {
  metadata: JsonObject;
  checkpoint: ChannelValue;
  channels: [name: string, stored: Stored][];
  outline?: Json;
}

export interface WriteFrame {
  channel: string;
  stored: Stored;
}

export const encodeHead = ({ metadata, checkpoint, channels, outline }: HeadFrame): Uint8Array =>
  encode(
    [metadata, ...channels.map(([name]) => name)],
    [{ inline: checkpoint }, ...channels.map(([, stored]) => stored)],
    outline,
  );

export function decodeHead(bytes: Uint8Array): HeadFrame {
  const { facts, values, outline } = decode(bytes);
  const [metadata, ...names] = facts;
  const [checkpoint, ...channels] = values;
  if (!checkpoint || !("inline" in checkpoint) || !isObject(metadata) || !isTexts(names)) throw new Error("not a head");
  return {
    metadata,
    checkpoint: checkpoint.inline,
    channels: channels.map((stored, index) => [names[index] ?? "", stored]),
    ...(outline !== undefined && { outline }),
  };
}

export const encodeWrite = ({ channel, stored }: WriteFrame): Uint8Array => encode([channel], [stored]);

export function decodeWrite(bytes: Uint8Array): WriteFrame {
  const { facts, values } = decode(bytes);
  const [stored] = values;
  if (!stored) throw new Error("not a pending write");
  return { channel: String(facts[0]), stored };
}

export const byteLength = ({ elements }: ChannelValue): number => elements.reduce((sum, { length }) => sum + length, 0);

/** @param outline of a head; without one the notes have two parts, as all had before there were outlines */
function encode(facts: unknown[], values: Stored[], outline?: Json): Uint8Array {
  const notes = values.map((stored): Note => {
    if ("reference" in stored) return stored.reference;
    return [stored.inline.type, stored.inline.elements.map(({ length }) => length)];
  });
  const text = Buffer.from(JSON.stringify(outline === undefined ? [facts, notes] : [facts, notes, outline]));
  const size = Buffer.alloc(WORD);
  size.writeUInt32BE(text.length);
  return Buffer.concat([size, text, ...values.flatMap((stored) => ("inline" in stored ? stored.inline.elements : []))]);
}

function decode(bytes: Uint8Array): { facts: unknown[]; values: Stored[]; outline: Json | undefined } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = WORD + buffer.readUInt32BE(0);
  const [facts, notes, outline]: Json[] = JSON.parse(buffer.toString("utf8", WORD, at));
  if (!Array.isArray(facts) || !Array.isArray(notes)) throw new Error("neither a head nor a pending write");
  const values = notes.map((note): Stored => {
    if (isReference(note)) return { reference: note };
    if (!isInline(note)) throw new Error("a value that is neither inline nor a reference");
    const [type, lengths] = note;
    const elements = lengths.map((length) => buffer.subarray(at, (at += length)));
    return { inline: { type, elements } };
  });
  return { facts, values, outline };
}

/** Unpadded, for attributes. */
export const claimAttribute = ({ log_start, epoch }: ClaimNumber): string => `${log_start}.${epoch}`;

export function claimOf(attribute: unknown): ClaimNumber | undefined {
  if (typeof attribute !== "string") return undefined;
  const [log_start = 0, epoch = 0] = attribute.split(".").map(Number);
  return { log_start, epoch };
}
