/** Sets a key and forgets the one that was set longest ago, if there are more than `most`: what a long run keeps in mind stays small. */
export function keepRecent<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
