/** The events of the run as they come: to read, where tokens grow into messages, or raw, each as it is on the wire. */
import { useState } from "preact/hooks";
import type { Json } from "../../functions/protocol/json.ts";
import { RAW_CHARACTERS } from "../limits.ts";
import { modeOf } from "../log/message-piece.ts";
import type { MessageRow, Row, RunLog } from "../log/run-log.ts";
import { sentenceOf } from "../log/sentence-of.ts";
import { log, logVersion, selectedRun, thread } from "../open-thread.ts";
import { JsonView } from "../parts/json-view.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";

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
          {(index) => (raw ? <RawRow run={run} index={index} /> : <ReadableRow row={run.rows[index]} />)}
        </VirtualList>
      ) : (
        <p class="faint">{thread.value ? "No events of this run: it waits, or they have expired." : "Loading …"}</p>
      )}
    </div>
  );
}

function RawRow({ run, index }: { run: RunLog; index: number }) {
  const [open, setOpen] = useState(false);
  const event = run.events[index];
  if (!event) return null;
  return (
    <button type="button" class="raw" aria-expanded={open} onClick={() => setOpen(!open)}>
      <code>{event.id}</code> <b>{event.event}</b>{" "}
      <span>{open ? event.data : event.data.slice(0, RAW_CHARACTERS)}</span>
    </button>
  );
}

function ReadableRow({ row }: { row: Row | undefined }) {
  const [open, setOpen] = useState(false);
  if (!row) return null;
  if (row.kind === "message") return <Message row={row} />;
  const { id, event, data } = row.event;
  const mode = modeOf(event);
  return (
    <div class={`event ${mode === "error" ? "failed" : ""}`}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <code>{id}</code>
        <b>{event}</b>
        <span>{sentenceOf(row.event)}</span>
      </button>
      {open && <JsonView value={JSON.parse(data) as Json} open={2} />}
    </div>
  );
}

function Message({ row }: { row: MessageRow }) {
  return (
    <div class="message">
      <code>{row.event.id}</code>
      <b>
        {row.role || "message"}
        {row.node && <span class="faint"> {row.node}</span>}
      </b>
      <p>
        {row.text}
        {row.calls.map(({ name, args }, index) => (
          <code key={index} class="call">
            {name}({args})
          </code>
        ))}
      </p>
    </div>
  );
}
