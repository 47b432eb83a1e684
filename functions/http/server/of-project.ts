/** Caches what is derived from the project's config until another build is served. */
import type { Engine } from "../../core/run/execute/engine-port.ts";
import type { HttpConfig } from "../../protocol/manifest.ts";

export function ofProject<T>(engine: Pick<Engine, "http">, build: (config: HttpConfig) => T): () => T {
  let known: { config: HttpConfig; built: T } | undefined;
  return () => {
    const config = engine.http();
    if (known?.config !== config) known = { config, built: build(config) };
    return known.built;
  };
}
