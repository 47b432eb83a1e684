/** Answers what a child asks while it works for us: its saver and its store, by the name of the call. */
import type { ProjectStore } from "../../core/store/project-store.ts";
import { type ChildCall, type SaverOptions, saverCalls } from "./checkpoint/saver-calls.ts";
import type { Scope } from "./process/child.ts";
import { storeBatch } from "./store/store-calls.ts";

export interface CallsOptions extends SaverOptions {
  items: ProjectStore;
}

/** Rejects for a call that does not exist: both ends are of one version. */
export function answerCalls({ items, ...saver }: CallsOptions): Scope["answer"] {
  const calls: Record<string, ChildCall> = {
    ...saverCalls(saver),
    "store.batch": (header) => storeBatch(items, header),
  };
  return async (header, blobs) => {
    const perform = calls[header.op ?? ""];
    if (!perform) throw new Error(`there is no call ${header.op}`);
    return perform(header, blobs);
  };
}
