/** The events of one run as they came, and the rows that a person reads: tokens of a message grow in one row. */
import type { StreamedEvent } from "./streamed-event.ts";
import { isMessageEvent, pieceOf } from "./message-piece.ts";

export interface LoggedEvent extends StreamedEvent {
  /** ms since 1970 when it came; undefined if it was written before the page was opened. */
  at: number | undefined;
}

export interface EventRow {
  kind: "event";
  event: LoggedEvent;
}

export interface MessageRow {
  kind: "message";
  /** The first event; its id is the row's. */
  event: LoggedEvent;
  pieces: number;
  role: string;
  node: string;
  text: string;
  /** Calls of tools by their index, name and arguments as they come. */
  calls: Map<string, { name: string; args: string }>;
}

export type Row = EventRow | MessageRow;

/** An attempt begins, or a worker goes on where another has handed the run over. */
export interface Start {
  attempt: number;
  handedOver: boolean;
  event: LoggedEvent;
}

export class RunLog {
  readonly run_id: string;
  readonly events: LoggedEvent[] = [];
  readonly rows: Row[] = [];
  readonly starts: Start[] = [];
  readonly #messages = new Map<string, MessageRow>();
  /** Characters of all events. */
  size = 0;
  /** Slots of the log that its events lie in. */
  slots = 0;
  #lastSlot = "";
  /** Pieces of messages. */
  pieces = 0;
  ended = false;
  /** The node of the newest piece of a message. */
  speaking: string | undefined;

  constructor(run_id: string) {
    this.run_id = run_id;
  }

  append(event: LoggedEvent): void {
    this.events.push(event);
    this.size += event.data.length;
    const slot = event.id.slice(0, event.id.indexOf("-"));
    if (slot !== this.#lastSlot) this.slots += 1;
    this.#lastSlot = slot;
    const row = isMessageEvent(event.event) ? this.#grow(event) : undefined;
    if (row !== "grown") this.rows.push(row ?? { kind: "event", event });
  }

  #grow(event: LoggedEvent): MessageRow | "grown" | undefined {
    const piece = pieceOf(event);
    if (!piece) return undefined;
    this.pieces += 1;
    this.speaking = piece.node || this.speaking;
    const known = this.#messages.get(piece.id);
    const row: MessageRow = known ?? {
      kind: "message",
      event,
      pieces: 0,
      role: piece.role,
      node: piece.node,
      text: "",
      calls: new Map(),
    };
    row.pieces += 1;
    row.text = piece.whole ? piece.text : row.text + piece.text;
    for (const { index, name, args } of piece.calls) {
      const before = (!piece.whole && row.calls.get(index)) || { name: "", args: "" };
      row.calls.set(index, { name: before.name + name, args: before.args + args });
    }
    if (known) return "grown";
    this.#messages.set(piece.id, row);
    return row;
  }
}
