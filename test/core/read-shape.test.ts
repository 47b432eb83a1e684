/** Schemas come in bounded time, empty at worst: a page shows a form less, and never an error. */
import { readSchemas, readSubgraphs } from "../../functions/core/assistant/read-shape.ts";
import { GraphError } from "../../functions/core/run/execute/engine-port.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { scriptedEngine } from "../support/core-ports.ts";

const graph = { graph_id: "scripted", config: {}, context: {} };
const empty = { input_schema: {}, output_schema: {}, state_schema: {}, config_schema: null, context_schema: null };

/** No sleep takes time. */
function portsWith(read: () => Promise<never>) {
  const lines: [string, Record<string, unknown>][] = [];
  const warn = (message: string, fields: Record<string, unknown>) => void lines.push([message, fields]);
  const engine = { ...scriptedEngine(() => Promise.reject(new Error())), schemas: read, subgraphs: read };
  return {
    lines,
    ports: {
      engine,
      clock: { ...systemClock, sleep: () => Promise.resolve() },
      logger: { info: warn, warn, error: warn },
    },
  };
}

test.each([
  ["a graph that does not load", () => Promise.reject(new GraphError("no key is set")), "no key is set"],
  ["a graph that takes too long", () => new Promise<never>(() => undefined), "not there after 2000 ms"],
])("%s has empty schemas and no subgraphs, and a line says why", async (_, read, error) => {
  const { ports, lines } = portsWith(read);

  expect(await readSchemas(ports, graph)).toEqual({ graph_id: "scripted", ...empty });
  expect(await readSubgraphs(ports, graph, { recurse: true })).toEqual({});

  const line = ["schemas are shown empty", { graph_id: "scripted", error }];
  expect(lines).toEqual([line, line]);
});
