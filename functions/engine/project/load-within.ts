/** Waits for a project's code to load, and no longer than it may take. */

type Complaint = (seconds: number) => string;

export const importHangs: Complaint = (seconds) =>
  `it was not ready after ${seconds} s: something that it does or awaits at import hangs`;

/** Waits at most `ms`. A slow import continues meanwhile, and the next try finds it done; a factory is called again. */
export async function loadWithin<T>(ms: number, complaint: Complaint, loading: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(complaint(ms / 1_000))), ms);
  try {
    return await Promise.race([loading, late.promise]);
  } finally {
    clearTimeout(timer);
    loading.catch(() => undefined);
  }
}
