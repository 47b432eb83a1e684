/** Tells whether what is executed now belongs to the loading of a graph, which includes what its modules leave running. */
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

/** Node does not carry the context into every module that waits for another one: while a load is under way, all counts. */
export const isLoading = (): boolean => underWay > 0 || started.getStore() === true;
