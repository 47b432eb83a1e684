/** Where in a run something is said: the path of a graph below the root, `<node>:<task id>` each; empty = the root. */
export type Namespace = readonly string[];

export const keyOf = (namespace: Namespace): string => namespace.join("|");

/** Whether it is this graph, or one below it. */
export const isWithin = (namespace: Namespace, above: Namespace): boolean =>
  above.every((segment, depth) => segment === namespace[depth]);

export const nodeOf = (segment: string): string => segment.split(":", 1)[0] ?? segment;
