/** A reader's position in a thread's log. An event id is `<slot>-<index>`, from 1: unique and monotone in the thread. */
export type Cursor =
  /** Everything after this event. */
  | { kind: "after"; slot: number; index: number }
  /** The whole run. */
  | { kind: "start" }
  /** From now on; the whole run while nobody has claimed it. */
  | { kind: "live" };

/** All of these mean "from the beginning" (observed on the official server). */
const FROM_START = new Set(["-1", "-", "0", "0-0", "$"]);

/** A cursor that cannot be understood reads live, as the official server does (design 8). */
export function parseCursor(text: string | null | undefined): Cursor {
  if (text === null || text === undefined || text === "") return { kind: "live" };
  if (FROM_START.has(text)) return { kind: "start" };
  const match = /^(\d{1,10})-(\d{1,10})$/.exec(text);
  return match ? { kind: "after", slot: Number(match[1]), index: Number(match[2]) } : { kind: "live" };
}

export const eventId = (slot: number, index: number): string => `${slot}-${index}`;
