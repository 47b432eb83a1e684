/** What the item of a task's pending writes holds. Must not judge it. */
import { decodeWrite } from "../../functions/aws/checkpoint/items.ts";
import { unpack } from "../../functions/core/log/slot-payload.ts";
import { decode } from "./scripted-engine.ts";
import type { Change } from "./table.ts";

type Item = Change["after"];

/** By attribute: `w…` ordinary ones, `s…` special ones (errors, interrupts, answers). */
export const writesIn = (item: Item): [string, unknown][] =>
  Object.entries(item ?? {}).filter(([name]) => /^[ws]\d+$/.test(name));

/** What the ordinary ones say. */
export const textsIn = (item: Item): string[] =>
  writesIn(item).flatMap(([name, bytes]) => (name.startsWith("w") ? textOf(bytes) : []));

function textOf(bytes: unknown): string {
  const { stored } = decodeWrite(unpack(bytes as Uint8Array));
  return "inline" in stored ? String(decode(stored.inline)) : "";
}

/** Comes with the record that closes its claim: what a client's update of the state writes is there as a whole. */
export const isOfUpdate = ({ key, before }: Change, changes: readonly Change[]): boolean => {
  const [, , , , claim] = key.sk.split("#");
  return before === undefined && changes.some((other) => other.key.sk === `E#${claim}` && !other.before);
};
