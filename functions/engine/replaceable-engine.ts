/** An engine whose project may be replaced while it runs: new runs use the new project, runs in flight keep theirs. */
import type { Engine } from "../core/run/execute/engine-port.ts";

export interface ReplaceableEngine {
  engine: Engine;
  replace: (next: Engine) => void;
}

export function replaceableEngine(first: Engine): ReplaceableEngine {
  let current = first;
  const engine = new Proxy(first, {
    get: (_, name: keyof Engine) => current[name],
  });
  const replace = (next: Engine): void => {
    current.close();
    current = next;
  };
  return { engine, replace };
}
