/** The events of the run as they come: to read, where tokens grow into messages, or raw, each as it is on the wire. */
import { useMemo, useState } from "preact/hooks";
import { jsonIn } from "../json.ts";
import { RAW_CHARACTERS } from "../limits.ts";
import { modeOf } from "../log/message-piece.ts";
import type { LoggedEvent, MessageRow, Row } from "../log/run-log.ts";
import { sentenceOf } from "../log/sentence-of.ts";
import { log, logVersion, selectedRun, thread } from "../open-thread.ts";
import { JsonView } from "../parts/json-view.tsx";
import { LongText } from "../parts/long-text.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import { beginning, nameText, visible } from "../visible-text.ts";

/** px of a row until it is drawn: one line, with its padding. */
const READABLE_ROW = 44;
const RAW_ROW = 26;

export function StreamPane() {
  void logVersion.value;
  const [raw, setRaw] = useState(false);
  const run = log.value.runs.get(selectedRun.value?.run_id ?? "");
  const count = (raw ? run?.events.length : run?.rows.length) ?? 0;
  return (
    <div class="stream">
      <div class="bar">
        <span role="group" aria-label="Form" class="choice">
          <button type="button" aria-pressed={!raw} onClick={() => setRaw(false)}>
            Readable
          </button>
          <button type="button" aria-pressed={raw} onClick={() => setRaw(true)}>
            Raw
          </button>
        </span>
        <span class="faint">
          {(run?.events.length ?? 0).toLocaleString("en")} events, {((run?.size ?? 0) / 1_000).toFixed(1)} kB
        </span>
      </div>
      {run && count > 0 ? (
        <VirtualList
          key={`${run.run_id} ${raw}`}
          label={raw ? "Raw events" : "Events"}
          count={count}
          estimate={raw ? RAW_ROW : READABLE_ROW}
          keyOf={(index) => (raw ? run.events[index] : run.rows[index]?.event)?.id ?? String(index)}
        >
          {(index) => (raw ? <RawRow event={run.events[index]} /> : <ReadableRow row={run.rows[index]} />)}
        </VirtualList>
      ) : (
        <p class="faint">{thread.value ? "No events of this run: it waits, or they have expired." : "Loading …"}</p>
      )}
    </div>
  );
}

function RawRow({ event }: { event: LoggedEvent | undefined }) {
  const [open, setOpen] = useState(false);
  if (!event) return null;
  return (
    <div class="raw">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <code>{event.id}</code> <b>{visible(event.event)}</b>{" "}
        <span>{open ? "" : beginning(event.data, RAW_CHARACTERS)}</span>
      </button>
      {open && (
        <p>
          <LongText text={event.data} />
        </p>
      )}
    </div>
  );
}

function ReadableRow({ row }: { row: Row | undefined }) {
  const [open, setOpen] = useState(false);
  if (!row) return null;
  if (row.kind === "message") return <Message row={row} />;
  const { id, event } = row.event;
  const mode = modeOf(event);
  return (
    <div class={`event ${mode === "error" ? "failed" : ""}`}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <code>{id}</code>
        <b>{visible(event)}</b>
        <span>{sentenceOf(row.event)}</span>
      </button>
      {open && <EventData event={row.event} />}
    </div>
  );
}

function EventData({ event }: { event: LoggedEvent }) {
  const value = useMemo(() => jsonIn(event.data), [event]);
  return value === undefined ? <LongText text={event.data} /> : <JsonView value={value} open={2} />;
}

function Message({ row }: { row: MessageRow }) {
  return (
    <div class="message">
      <code>{row.event.id}</code>
      <b>
        {nameText(row.role || "message")}
        {row.node && <span class="faint"> {nameText(row.node)}</span>}
      </b>
      <p>
        <LongText text={row.text} />
        {[...row.calls].map(([index, { name, args }]) => (
          <code key={index} class="call">
            {nameText(name)}(<LongText text={args} />)
          </code>
        ))}
      </p>
    </div>
  );
}
