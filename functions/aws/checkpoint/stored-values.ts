/** Loads those values of heads and writes that are stored in segments. */
import type { Stored } from "./items.ts";
import type { Segments } from "./segments.ts";

/** Loads in one batch what is not inline. @returns a function from a stored value to the value */
export async function resolveStored(segments: Segments, thread_id: string, stored: readonly Stored[]) {
  const references = stored.flatMap((value) => ("reference" in value ? [value.reference] : []));
  const loaded = references.length ? await segments.load(thread_id, references) : [];
  const byReference = new Map(references.map((reference, at) => [reference, loaded[at]]));
  return (value: Stored) => {
    const found = "inline" in value ? value.inline : byReference.get(value.reference);
    if (!found) throw new Error("a value was not asked for");
    return found;
  };
}
