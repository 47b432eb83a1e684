/** A change of the table as a line of the timeline. Must not judge it. */
import { toSlot } from "../../functions/aws/log/slot-items.ts";
import { slotOf } from "../../functions/aws/table/keys.ts";
import { decodeEvents } from "../../functions/core/log/slot-payload.ts";
import type { Change } from "./table.ts";

type NameOf = (run_id: string) => string;

const SILENT = new Set(["updated_at", "updated_key", "pk", "sk", "ttl", "due_shard", "state_updated_at", "rev"]);
const LONGEST = 40;

/** undefined for what no reader of a timeline wants to know. */
export function describeChange({ key, before, after, by }: Change, name: NameOf): string | undefined {
  const { pk, sk } = key;
  const what = `${by}: `;
  if (pk.startsWith("L#")) {
    if (!after) return `${what}slot ${slotOf(key)} expires`;
    const slot = toSlot({ ...after, ...key }, 0);
    const marks = [slot.more ? "part" : "", slot.end ? `END ${slot.end}` : ""].filter(Boolean).join(" ");
    const events = slot.count && !slot.more && slot.payload.length < 10_000 ? decodeEvents(slot.payload) : [];
    const shown = events
      .map(({ event, data }) => (event === "metadata" ? `metadata ${data.slice(-12)}` : data))
      .join(" ");
    return `${what}slot ${slot.slot} of ${name(slot.run_id)} epoch ${slot.epoch} ${marks} [${shown}] ${slot.nonce}`;
  }
  if (pk.startsWith("T#") && sk === "A") return `${what}thread ${differences(before, after, name)}`;
  if (pk.startsWith("T#") && sk.startsWith("R#"))
    return `${what}run ${name(sk.slice(2))} ${differences(before, after, name)}`;
  if (!pk.startsWith("C#")) return undefined;
  if (sk.startsWith("E#")) return `${what}closed ${sk.slice(2)} after ${String(after?.["after"] ?? after?.["below"])}`;
  const claim = typeof after?.["c"] === "string" ? after["c"] : "";
  return `${what}${after ? "put" : "removed"} ${sk} ${claim}`;
}

function differences(before: Change["before"], after: Change["after"], name: NameOf): string {
  if (!after) return "removed";
  const changed = Object.keys({ ...before, ...after }).filter(
    (field) => !SILENT.has(field) && JSON.stringify(before?.[field]) !== JSON.stringify(after[field]),
  );
  const shown = before ? changed : changed.filter((field) => CREATED.has(field));
  const text = shown.map((field) => `${field}=${valueOf(after[field], name)}`).join(" ");
  return before ? text : `created ${text}`;
}

const CREATED = new Set(["status", "log_start", "active_run", "queue", "gen", "log_tail"]);

function valueOf(value: unknown, name: NameOf): string {
  if (Array.isArray(value)) return `[${value.map((one) => name(String(one))).join(",")}]`;
  return typeof value === "string" ? name(value).slice(0, LONGEST) : String(value);
}
