/** The folders of compiled projects that this process still imports from: the one that is served, and those of runs in flight. */
import path from "node:path";

const users = new Map<string, number>();
let served: string | undefined;

export function serveFrom(folder: string): void {
  served = path.resolve(folder);
}

export async function whileInUse<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const key = path.resolve(folder);
  users.set(key, (users.get(key) ?? 0) + 1);
  try {
    return await work();
  } finally {
    const others = (users.get(key) ?? 1) - 1;
    if (others > 0) users.set(key, others);
    else users.delete(key);
  }
}

export const isInUse = (folder: string): boolean => users.has(path.resolve(folder)) || served === path.resolve(folder);
