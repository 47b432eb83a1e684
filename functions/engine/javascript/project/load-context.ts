/** Tells whether the current code runs as part of loading a graph, including what its modules leave running. */
import { AsyncLocalStorage } from "node:async_hooks";

const started = new AsyncLocalStorage<true>();
let underWay = 0;

export async function asLoading<T>(load: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await started.run(true, load);
  } finally {
    underWay -= 1;
  }
}

/** Node does not pass the context to every module that waits for another one. While a load is under way, all code counts. */
export const isLoading = (): boolean => underWay > 0 || started.getStore() === true;
