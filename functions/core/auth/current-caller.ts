/** Whose run the code of a graph is part of, so that its calls of its own server are that user's. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { User } from "./auth-port.ts";

const callers = new AsyncLocalStorage<User | undefined>();

/** What `work` starts, and what follows from it, is the user's. */
export const asCaller = <T>(user: User | undefined, work: () => T): T => callers.run(user, work);

/** Undefined outside of runs, and in runs without a user. */
export const currentCaller = (): User | undefined => callers.getStore();
