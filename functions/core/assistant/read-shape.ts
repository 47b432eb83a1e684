/** Schemas for a page that shows a graph: in bounded time, empty rather than not at all. */
import type { GraphSchemas } from "../../protocol/graph-shape.ts";
import type { Ports } from "../ports.ts";
import { shorten } from "../failure/shorten.ts";
import { LOGGED_CHARACTERS } from "../json/size-limits.ts";
import type { Configured, SubgraphQuery } from "./shape-port.ts";
import { SCHEMA_PATIENCE } from "./timings.ts";

type ShapePorts = Pick<Ports, "engine" | "clock" | "logger">;

/** Empty if the graph does not load, or has not within SCHEMA_PATIENCE: a later call may find more. */
export function readSchemas(ports: ShapePorts, graph: Configured): Promise<GraphSchemas> {
  return inTime(ports, graph, ports.engine.schemas(graph), nothingKnown(graph));
}

/** None under the same conditions. */
export function readSubgraphs(
  ports: ShapePorts,
  graph: Configured,
  query: SubgraphQuery,
): Promise<Record<string, GraphSchemas>> {
  return inTime(ports, graph, ports.engine.subgraphs(graph, query), {});
}

/** A schema that everything fulfils. */
const nothingKnown = ({ graph_id }: Configured): GraphSchemas => ({
  graph_id,
  input_schema: {},
  output_schema: {},
  state_schema: {},
  config_schema: null,
  context_schema: null,
});

async function inTime<T>(
  { clock, logger }: ShapePorts,
  { graph_id }: Configured,
  reading: Promise<T>,
  otherwise: T,
): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(SCHEMA_PATIENCE, done.signal).then((): never => {
    throw new Error(`not there after ${SCHEMA_PATIENCE} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([reading, late]);
  } catch (error) {
    const reason = shorten(error instanceof Error ? error.message : String(error), LOGGED_CHARACTERS);
    logger.warn("schemas are shown empty", { graph_id, error: reason });
    reading.catch(() => undefined);
    return otherwise;
  } finally {
    done.abort();
  }
}
