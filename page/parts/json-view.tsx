/** JSON to unfold. Draws what is open alone, so a value of megabytes costs what is seen of it. Text is always text, never HTML. */
import { useState } from "preact/hooks";
import type { Interrupt, ThreadTask } from "../../functions/protocol/thread.ts";
import type { Json } from "../../functions/protocol/json.ts";
import { JSON_ENTRIES } from "../limits.ts";
import { LongText } from "./long-text.tsx";
import { beginning, nameText } from "../visible-text.ts";

/** JSON, and the resources of the API that are JSON with names. */
export type Viewed = Json | ThreadTask[] | ThreadTask | Interrupt;

export interface JsonViewProps {
  value: Viewed | undefined;
  name?: string;
  /** Levels that are open at first. */
  open?: number;
}

/** Fields that are looked at for the line of a closed value; keys and characters of a message that it tells. */
const SUMMARY_FIELDS = 40;
const SUMMARY_KEYS = 6;
const SUMMARY_CHARACTERS = 80;

export function JsonView({ value, name, open = 1 }: JsonViewProps) {
  if (value === undefined) return <span class="faint">nothing</span>;
  if (typeof value !== "object" || value === null) return <Leaf value={value} name={name} />;
  return <Branch value={value} name={name} open={open} />;
}

const Key = ({ name }: { name: string }) => <span class="key">{nameText(name)}</span>;

function Leaf({ value, name }: { value: null | boolean | number | string; name: string | undefined }) {
  return (
    <div class="leaf">
      {name !== undefined && <Key name={name} />}
      <span class={`value ${value === null ? "null" : typeof value}`}>
        <LongText text={typeof value === "string" ? value : String(value)} />
      </span>
    </div>
  );
}

function Branch({ value, name, open }: { value: object; name: string | undefined; open: number }) {
  const [isOpen, setOpen] = useState(open > 0);
  const [shown, setShown] = useState(JSON_ENTRIES);
  const entries = Object.entries(value) as [string, Json][];
  const count = entries.length;
  const items = `${count.toLocaleString("en")} ${count === 1 ? "item" : "items"}`;
  const title = Array.isArray(value) ? (count === 0 ? "[ ]" : items) : count === 0 ? "{ }" : summaryOf(entries);
  return (
    <div class="branch">
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} disabled={count === 0}>
        <span class="fold" aria-hidden="true" />
        {name !== undefined && <Key name={name} />}
        <span class="faint">{title}</span>
      </button>
      {isOpen && count > 0 && (
        <div class="level">
          {entries.slice(0, shown).map(([key, child]) => (
            <JsonView key={key} name={key} value={child} open={open - 1} />
          ))}
          {count > shown && (
            <button type="button" class="link" onClick={() => setShown(shown + JSON_ENTRIES)}>
              {(count - shown).toLocaleString("en")} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Of a message its role and text, of anything else its keys. */
function summaryOf(entries: [string, Json][]): string {
  const fields = new Map(entries.slice(0, SUMMARY_FIELDS));
  const role = fields.get("type") ?? fields.get("role");
  const content = fields.get("content");
  if (typeof role === "string" && typeof content === "string")
    return `${nameText(role)}: ${beginning(content, SUMMARY_CHARACTERS)}`;
  return [...fields.keys()].slice(0, SUMMARY_KEYS).map(nameText).join(", ");
}
