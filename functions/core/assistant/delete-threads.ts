/** Deletes the threads of an assistant: those whose metadata names it, as that of their newest run does. */
import type { Ports } from "../ports.ts";
import { type DeleteResult, deleteThread } from "../thread/delete-thread.ts";
import { SEARCHED_THREADS } from "../thread/limits.ts";
import { THREADS_AT_ONCE } from "./limits.ts";

/**
 * `too_many`: no search looks through so many threads, and none was deleted.
 * `not_ended`: a thread has an active run that has not ended yet; the others are deleted.
 */
export async function deleteThreadsOf(
  ports: Ports,
  assistant_id: string,
): Promise<"deleted" | "too_many" | "not_ended"> {
  const ids = await threadsOf(ports, assistant_id);
  if (ids === "too_many") return ids;
  const results: DeleteResult[] = [];
  for (let from = 0; from < ids.length; from += THREADS_AT_ONCE) {
    const some = ids.slice(from, from + THREADS_AT_ONCE);
    results.push(...(await Promise.all(some.map((thread_id) => deleteThread(ports, thread_id)))));
  }
  return results.includes("not_ended") ? "not_ended" : "deleted";
}

async function threadsOf({ threads }: Pick<Ports, "threads">, assistant_id: string): Promise<string[] | "too_many"> {
  const ids: string[] = [];
  let searched = 0;
  for await (const some of threads.list({ by: "updated_at", order: "desc", expected: SEARCHED_THREADS })) {
    searched += some.length;
    if (searched > SEARCHED_THREADS) return "too_many";
    for (const { thread_id, metadata } of some) if (metadata["assistant_id"] === assistant_id) ids.push(thread_id);
  }
  return ids;
}
