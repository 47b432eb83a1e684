/**
 * What a stored value shows, without the serde: loading LangGraph takes longer than all the rest of a read. Values that the serde would
 * show in another way are left to it.
 */
import type { ChannelValue } from "../../../core/checkpoint/checkpoint-port.ts";
import { joinElements } from "../../../core/checkpoint/cut-value.ts";
import type { Json, JsonObject } from "../../../protocol/json.ts";
import { mayHaveLookAlike, unescapeKey } from "./look-alikes.ts";
import { isUndefined, plainMessage } from "./plain-message.ts";
import { ESCAPED, isNothing } from "./serialise-channel.ts";

/** As `to-json.ts` writes it; undefined where the serde is needed. `json` is undefined for what was stored as undefined. */
export function plainValue(value: ChannelValue): { json: Json | undefined } | undefined {
  if (isNothing(value)) return { json: undefined };
  const { type, elements } = value;
  const bytes = Buffer.from(joinElements(elements));
  if (type === "bytes") return { json: { type: "Buffer", data: [...bytes] } };
  // Whatever has a key `__proto__` is left to the serde.
  if ((type !== "json" && type !== ESCAPED) || bytes.includes("__proto__")) return undefined;
  const parsed: Json = JSON.parse(bytes.toString());
  if (type === "json" && !mayHaveLookAlike(bytes)) return { json: parsed };
  const rename = type === ESCAPED ? unescapeKey : (key: string) => key;
  return shown(parsed, rename);
}

type Shown = { json: Json | undefined } | undefined;

function shown(value: Json, rename: (key: string) => string): Shown {
  if (typeof value !== "object" || value === null) return { json: value };
  if (Array.isArray(value)) {
    const items = value.map((item) => shown(item, rename));
    return items.every((item) => item !== undefined) ? { json: items.map(({ json }) => json ?? null) } : undefined;
  }
  if (isUndefined(value)) return { json: undefined };
  if (value["lc"] === 1 || value["lc"] === 2) {
    const message = plainMessage(value);
    return message && { json: message };
  }
  const copy: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const found = shown(item, rename);
    if (!found) return undefined;
    if (found.json !== undefined) copy[rename(key)] = found.json;
  }
  return { json: copy };
}
