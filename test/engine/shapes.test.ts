/** What graphs tell of themselves before a run: their drawing, schemas and subgraphs, in every way that a state is declared. */
import { fileURLToPath } from "node:url";
import type { Configured, GraphShapes } from "../../functions/core/assistant/shape-port.ts";
import { GraphError } from "../../functions/core/run/execute/engine-port.ts";
import { describeGraph, topologyParts } from "../../functions/engine/javascript/shape/describe-graph.ts";
import { createShapes } from "../../functions/engine/javascript/shape/shapes.ts";
import { openTrialLoaders } from "../../functions/host/trial-loader.ts";
import { RecordedShapes } from "../../functions/protocol/graph-shape.ts";
import { lastValues, openEngine, type TestEngine } from "./open-engine.ts";

let server: TestEngine;
beforeAll(async () => {
  server = await openEngine(fileURLToPath(new URL("./projects/shapes", import.meta.url)));
});
afterAll(() => server.close());

const of = (graph_id: string, more: Partial<Configured> = {}): Configured => ({
  graph_id,
  config: {},
  context: {},
  ...more,
});
const object = (properties: object, more: object = {}) =>
  expect.objectContaining({ type: "object", properties, ...more }) as unknown;
const topic = { type: "string" };
const tries = expect.objectContaining({ type: "number" }) as unknown;
const messages = expect.objectContaining({ langgraph_type: "messages" }) as unknown;
const model = { type: "string" };

test.each([
  [
    "zod4",
    {
      input_schema: object({ topic }),
      output_schema: object({ tries }),
      state_schema: object({ topic, tries }),
      config_schema: object({ model }, { required: ["model"] }),
      context_schema: object({ model }, { required: ["model"] }),
    },
  ],
  [
    "zod3",
    {
      input_schema: object({ topic, tries }),
      output_schema: object({ topic, tries }),
      state_schema: object({ topic, tries }),
      config_schema: object({ model }),
      context_schema: object({ model }),
    },
  ],
  [
    "annotated",
    {
      input_schema: object({ messages, topic: {}, tries }),
      output_schema: object({ messages, topic: {}, tries }),
      state_schema: object({ messages, topic: {}, tries }),
      config_schema: null,
      context_schema: null,
    },
  ],
  [
    "stateSchema",
    {
      input_schema: object({ messages, topic: expect.objectContaining(topic), tries }),
      output_schema: object({ messages, topic: expect.objectContaining(topic), tries }),
      state_schema: object({ messages, topic: expect.objectContaining(topic), tries }, { required: ["topic"] }),
      config_schema: null,
      context_schema: null,
    },
  ],
  ["functional", { input_schema: {}, output_schema: {}, state_schema: {}, config_schema: null, context_schema: null }],
])("the schemas of %s", async (graph_id, schemas) => {
  expect(await server.engine.schemas(of(graph_id))).toEqual({ graph_id, ...schemas });
});

test("what JSON Schema cannot say leaves the names of the channels", async () => {
  const { state_schema } = await server.engine.schemas(of("unsayable"));

  expect(state_schema).toEqual(object({ topic: expect.anything(), when: expect.anything() }));
});

describe("subgraphs", () => {
  const names = async (query: { namespace?: string; recurse: boolean }) =>
    Object.keys(await server.engine.subgraphs(of("family"), query));

  test("of the first level, of all, of one", async () => {
    expect(await names({ recurse: false })).toEqual(["child"]);
    expect(await names({ recurse: true })).toEqual(["child", "child|grandchild"]);
    expect(await names({ recurse: false, namespace: "child" })).toEqual(["child"]);
    expect(await names({ recurse: true, namespace: "child|grandchild" })).toEqual(["child|grandchild"]);
    expect(await names({ recurse: true, namespace: "nobody" })).toEqual([]);
  });

  test("have schemas of their own, and name the graph that is served", async () => {
    const found = await server.engine.subgraphs(of("family"), { recurse: true });

    expect(found["child|grandchild"]).toMatchObject({
      graph_id: "family",
      state_schema: object({ toy: { type: "string" } }),
    });
  });
});

describe("a drawing", () => {
  const drawn = async (xray: boolean | number) => {
    const { nodes, edges } = await server.engine.draw(of("family"), xray);
    return { nodes: nodes.map((node) => (node as { id: string }).id), edges };
  };

  test("has the nodes and edges of the graph", async () => {
    const { nodes, edges } = await drawn(false);

    expect(nodes).toEqual(["__start__", "first", "second", "child", "__end__"]);
    expect(edges).toContainEqual({ source: "second", target: "child", conditional: false });
  });

  test("shows subgraphs to the depth that is asked for", async () => {
    const [shallow, deep] = await Promise.all([drawn(1), drawn(true)]);

    expect(shallow.nodes).toContain("child:grandchild");
    expect(deep.nodes).toEqual(expect.arrayContaining(["child:first", "child:grandchild:first"]));
  });

  test("of a functional graph has its input and output", async () => {
    const { nodes } = await server.engine.draw(of("functional"), false);

    expect(nodes).toHaveLength(3);
  });
});

test("a factory is told the assistant's config, and that only the shape is asked for", async () => {
  const a = of("made", { config: { configurable: { step: "a" } } });
  const b = of("made", { context: { step: "b" } });

  const schemas = [await server.engine.schemas(a), await server.engine.schemas(b), await server.engine.schemas(a)];

  expect(schemas.map(({ state_schema }) => Object.keys(state_schema["properties"] ?? {}))).toEqual([
    ["a"],
    ["b"],
    ["a"],
  ]);
  const { said } = lastValues(await server.run({ graph_id: "lastMade", kwargs: { input: {} } })) as { said: unknown };
  const read = { accessContext: "assistants.read", executionRuntime: null };
  // The third answer was kept.
  expect(said).toEqual([
    [{ step: "a", graph_id: "made" }, read],
    [{ step: "b", graph_id: "made" }, read],
  ]);
});

test("a graph that does not load rejects, and is tried again", async () => {
  await expect(server.engine.schemas(of("throws"))).rejects.toThrow(GraphError);
  await expect(server.engine.subgraphs(of("throws"), { recurse: false })).rejects.toThrow(/no key is set/);
  await expect(server.engine.draw(of("throws"), false)).rejects.toThrow(GraphError);
});

describe("what packaging has recorded", () => {
  const SHAPED = ["zod4", "zod3", "annotated", "stateSchema", "functional", "unsayable", "family"];

  async function recorded(): Promise<{ shapes: RecordedShapes; topologies: Map<string, string[]> }> {
    const { javascript: loader } = await openTrialLoaders(server.folder);
    const found: Record<string, unknown> = {};
    const topologies = new Map<string, string[]>();
    for (const id of SHAPED) {
      const { graph, ...bridge } = await loader.load(id);
      if (!graph) throw new Error(id);
      found[id] = await describeGraph(graph, id, bridge);
      topologies.set(id, await topologyParts(graph));
    }
    return { shapes: RecordedShapes.parse(JSON.parse(JSON.stringify(found))), topologies };
  }

  test("is shown without the graph, as the graph would tell it", async () => {
    const { shapes } = await recorded();
    const load = () => Promise.reject(new GraphError("nothing is loaded"));
    const known = createShapes({ load }, (id) => Promise.resolve(shapes[id]));
    const told = async (by: GraphShapes, id: string) => [
      await by.schemas(of(id)),
      await by.subgraphs(of(id), { recurse: true }),
      await by.subgraphs(of(id), { recurse: false }),
      ...(await Promise.all([false, 0, 1, 2, 20, true].map((xray) => by.draw(of(id), xray)))),
    ];

    for (const id of SHAPED) expect(await told(known, id)).toEqual(await told(server.engine, id));
    await expect(known.draw(of("made"), false)).rejects.toThrow(GraphError);
  });

  test("names graphs of other nodes, channels or defaults differently, the same graph the same", async () => {
    const [once, again] = [await recorded(), await recorded()];

    expect(again).toEqual(once);
    // These two declare the same state, one with Zod 3 and one with Zod 4.
    expect(once.topologies.get("zod3")).toEqual(once.topologies.get("zod4"));
    expect(new Set([...once.topologies.values()].map((parts) => parts.join())).size).toBe(SHAPED.length - 1);
  });
});
