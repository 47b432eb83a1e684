/** A state without its values, which may be megabytes: what a list shows. */
import type { ThreadState } from "../functions/protocol/thread.ts";

export type ListedState = Omit<ThreadState, "values">;
