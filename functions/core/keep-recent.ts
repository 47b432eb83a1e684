/** Keeps a map small, however long its process lives. Pure. Must not be used for what may not be forgotten. */

/** Sets a key and forgets the one that was set longest ago, if there are more than `most`. */
export function keepRecent<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > most ? map.keys().next() : undefined;
  if (oldest && !oldest.done) map.delete(oldest.value);
}
