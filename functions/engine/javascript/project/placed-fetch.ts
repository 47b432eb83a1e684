/**
 * Adds the caller to errors of `fetch` while a project loads: Node's own error has no stack. Must not stay when loading is over, nor undo
 * what a project has made of `fetch` meanwhile.
 */
type Fetch = typeof globalThis.fetch;

let loading = 0;
/** Removes the wrapper. */
let restore = (): void => undefined;

/** Errors of calls of `fetch` during `load` name their callers in their stack. */
export async function withPlacedFetch<T>(load: () => Promise<T>): Promise<T> {
  if (loading === 0) restore = wrapFetch();
  loading += 1;
  try {
    return await load();
  } finally {
    loading -= 1;
    if (loading === 0) restore();
  }
}

function wrapFetch(): () => void {
  const own = globalThis.fetch;
  const placed: Fetch = (...call) => {
    if (loading === 0) return own(...call);
    const caller = { stack: "" };
    Error.captureStackTrace(caller, placed);
    return own(...call).catch(placedAt(caller.stack));
  };
  globalThis.fetch = placed;
  return () => {
    if (globalThis.fetch === placed) globalThis.fetch = own;
  };
}

const placedAt =
  (caller: string) =>
  (error: unknown): never => {
    if (error instanceof Error && !/^\s+at /m.test(error.stack ?? ""))
      error.stack = `${error.stack}\n${caller.slice(caller.indexOf("\n") + 1)}`;
    throw error;
  };
