/** A bounded map: the entry that was set longest ago is dropped. Must not hold what cannot be computed again. */

/** Sets a key and drops the oldest entry if there are more than `most`. */
export function keepRecent<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > most ? map.keys().next() : undefined;
  if (oldest && !oldest.done) map.delete(oldest.value);
}
