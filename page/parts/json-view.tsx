/** JSON to unfold. Draws what is open alone, so a value of megabytes costs what is seen of it. Text is always text, never HTML. */
import { useState } from "preact/hooks";
import type { Json } from "../../functions/protocol/json.ts";
import { JSON_CHARACTERS, JSON_ENTRIES } from "../limits.ts";

export interface JsonViewProps {
  value: Json | undefined;
  name?: string;
  /** Levels that are open at first. */
  open?: number;
}

export function JsonView({ value, name, open = 1 }: JsonViewProps) {
  if (value === undefined) return <span class="faint">nothing</span>;
  if (typeof value !== "object" || value === null) return <Leaf value={value} name={name} />;
  return <Branch value={value} name={name} open={open} />;
}

function Leaf({ value, name }: { value: null | boolean | number | string; name: string | undefined }) {
  const [whole, setWhole] = useState(false);
  const text = typeof value === "string" ? value : String(value);
  const isLong = text.length > JSON_CHARACTERS && !whole;
  return (
    <div class="leaf">
      {name !== undefined && <span class="key">{name}</span>}
      <span class={`value ${value === null ? "null" : typeof value}`}>
        {isLong ? text.slice(0, JSON_CHARACTERS) : text}
      </span>
      {isLong && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          … {(text.length - JSON_CHARACTERS).toLocaleString("en")} more characters
        </button>
      )}
    </div>
  );
}

function Branch({ value, name, open }: { value: object; name: string | undefined; open: number }) {
  const [isOpen, setOpen] = useState(open > 0);
  const [shown, setShown] = useState(JSON_ENTRIES);
  const entries = Object.entries(value) as [string, Json][];
  const list = Array.isArray(value);
  const title = list ? `${entries.length} ${entries.length === 1 ? "item" : "items"}` : summaryOf(entries);
  return (
    <div class="branch">
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} disabled={entries.length === 0}>
        <span class="fold" aria-hidden="true" />
        {name !== undefined && <span class="key">{name}</span>}
        <span class="faint">{entries.length === 0 ? (list ? "[ ]" : "{ }") : title}</span>
      </button>
      {isOpen && entries.length > 0 && (
        <div class="level">
          {entries.slice(0, shown).map(([key, child]) => (
            <JsonView key={key} name={key} value={child} open={open - 1} />
          ))}
          {entries.length > shown && (
            <button type="button" class="link" onClick={() => setShown(shown + JSON_ENTRIES)}>
              {entries.length - shown} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Of a message its role and text, of anything else its keys. */
function summaryOf(entries: [string, Json][]): string {
  const fields = new Map(entries);
  const role = fields.get("type") ?? fields.get("role");
  const content = fields.get("content");
  if (typeof role === "string" && typeof content === "string") return `${role}: ${content.slice(0, 80)}`;
  return entries
    .slice(0, 6)
    .map(([key]) => key)
    .join(", ");
}
