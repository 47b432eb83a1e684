/** Items in the order of their similarity to a query: every one is compared. Pure. */
import type { FoundItem } from "./store-port.ts";

export interface Ranked {
  item: FoundItem;
  vectors: readonly Float32Array[];
}

/** Those with vectors, the most similar first; then the others, in the order given. An item counts by the best of its vectors. */
export function rankItems(candidates: readonly Ranked[], near: Float32Array): FoundItem[] {
  const scored = candidates.flatMap(({ item, vectors }) => {
    const scores = vectors.filter((one) => one.length === near.length).map((one) => similarity(one, near));
    return scores.length > 0 ? [{ ...item, score: Math.max(...scores) }] : [];
  });
  const isScored = new Set(scored.map(({ namespace, key }) => JSON.stringify([...namespace, key])));
  const others = candidates.flatMap(({ item }) =>
    isScored.has(JSON.stringify([...item.namespace, item.key])) ? [] : [item],
  );
  return [...scored.toSorted((one, other) => other.score - one.score), ...others];
}

/** Cosine, 0 for a vector without length. */
function similarity(one: Float32Array, other: Float32Array): number {
  let [dot, ones, others] = [0, 0, 0];
  for (const [i, a] of one.entries()) {
    const b = other[i] ?? 0;
    dot += a * b;
    ones += a * a;
    others += b * b;
  }
  const length = Math.sqrt(ones) * Math.sqrt(others);
  return length === 0 ? 0 : dot / length;
}
