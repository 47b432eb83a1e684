/** Finds files that import themselves, directly or through others. */

/** Sets of files of which each reaches all others (Tarjan's algorithm). */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const at = order.size;
    order.set(file, at);
    lowest.set(file, at);
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const reached = order.has(target) ? (path.includes(target) ? (order.get(target) ?? at) : at) : visit(target);
      lowest.set(file, Math.min(lowest.get(file) ?? at, reached));
    }
    if (lowest.get(file) === at) {
      const circle = path.splice(path.indexOf(file));
      if (circle.length > 1) found.push(circle);
    }
    return lowest.get(file) ?? at;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}
