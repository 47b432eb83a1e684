import path from "node:path";
import { parseJson } from "../../packaging/config/parse-json.ts";
import { ConfigError, readConfig } from "../../packaging/config/read-config.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const GRAPH = { "src/graph.ts": "export const graph = 1;" };

async function read(config: string | Readonly<Record<string, unknown>>, files: Files = GRAPH) {
  await using project = await TemporaryProject.write({ ...files, "langgraph.json": config });
  const { graphs, env, http, store, threadTtl, warnings } = readConfig(path.join(project.dir, "langgraph.json"));
  const within = (file: string | undefined) => file && path.relative(project.dir, file);
  const shown = Object.entries(graphs).map(([id, graph]) => [
    id,
    graph.kind === "unserved"
      ? graph.error
      : `${graph.kind === "python" ? "python" : within(graph.file)}#${graph.symbol}`,
  ]);
  return {
    graphs: Object.fromEntries(shown),
    envFile: within(env.file),
    envValues: env.values,
    http,
    store: store.config,
    ...(threadTtl && { threadTtl }),
    warnings,
  };
}

describe("readConfig", () => {
  it.each([
    ["string dependencies", { dependencies: "." }],
    ["a node_version with a v", { node_version: "v20.16.0" }],
    ["a node_version that is a number", { node_version: 24 }],
    ["unknown keys that ask for nothing", { skein: {}, callbacks: [], http: { console: false }, checkpointer: null }],
    ["an env that is a list", { env: ["OPENAI_API_KEY"] }],
    ["an env that is null", { env: null }],
    ["fields of the Python kind", { python_version: "3.12", pip_installer: "uv", dockerfile_lines: [] }],
  ])("takes %s", async (_, extra) => {
    const config = await read({ ...extra, graphs: { agent: "./src/graph.ts:graph" } });

    expect(config).toEqual({
      graphs: { agent: "src/graph.ts#graph" },
      envValues: {},
      envFile: undefined,
      http: {},
      store: {},
      warnings: [],
    });
  });

  it.each([
    ["./src/graph.ts:graph", "src/graph.ts#graph"],
    ["src/graph.ts:graph", "src/graph.ts#graph"],
    ["./src/graph.js:graph", "src/graph.ts#graph"],
    ["./src/graph:graph", "src/graph.ts#graph"],
    ["./src/graph.ts", "src/graph.ts#default"],
    [{ path: "./src/graph.ts:graph", description: "d" }, "src/graph.ts#graph"],
    ["./src/agent.py:graph", "There is no file ./src/agent.py."],
    ["./src/other.py:graph", "python#graph"],
    ["src.other:graph", "python#graph"],
    ["./src/other.py", 'The entry must name an object, "./src/other.py:graph".'],
    ["./src/other:graph", "./src/other is Python: langgraph.json has to name it with its suffix, ./src/other.py."],
    ["./src/absent.ts:graph", "There is no file ./src/absent.ts."],
    ["./dist/graph.js:graph", "There is no file ./dist/graph.js. Does the project have to be built first?"],
    ["./src/notes.md:graph", "./src/notes.md is neither TypeScript nor JavaScript."],
    [{ description: "no path" }, 'The entry must be "./path.ts:export".'],
    [7, 'The entry must be "./path.ts:export".'],
    [null, 'The entry must be "./path.ts:export".'],
  ])("reads the graph entry %j", async (entry, expected) => {
    const files = { ...GRAPH, "src/other.py": "graph = 1", "src/notes.md": "n" };

    const config = await read({ graphs: { "LG101 Agent": entry } }, files);

    expect(config.graphs).toEqual({ "LG101 Agent": expected });
  });

  it("takes env values and turns numbers and booleans into text", async () => {
    const config = await read({ graphs: {}, env: { A: "a", B: 1, C: true, D: { no: 1 } } });

    expect(config.envValues).toEqual({ A: "a", B: "1", C: "true" });
  });

  it("names the env file", async () => {
    const config = await read({ graphs: {}, env: ".env" }, { ...GRAPH, ".env": "A=1" });

    expect(config.envFile).toBe(".env");
  });

  it.each([[{}], [{ graphs: ["./src/graph.ts:graph"] }], [{ ui: { agent: "./x.tsx" } }]])(
    "warns when there are no graphs: %j",
    async (content) => {
      const config = await read(content);

      expect(config.graphs).toEqual({});
      expect(config.warnings.at(-1)).toContain("names no graphs");
    },
  );

  it("E3: reads CORS and configurable headers, by both spellings", async () => {
    const cors = { allow_origins: ["https://a.example.com"], allow_origin_regex: "https://.*", max_age: 5 };
    const config = await read({
      graphs: {},
      http: {
        cors,
        configurable_headers: { include: ["x-*"], includes: "y", excludes: ["x-z"], exclude: null },
        disable_mcp: true,
        disable_a2a: true,
        disable_runs: true,
        disable_store: false,
        mount_prefix: "/agents/v1/",
      },
    });

    expect(config.http).toEqual({
      cors,
      configurable_headers: { include: ["x-*", "y"], exclude: ["x-z"] },
      disable_mcp: true,
      disable_a2a: true,
      disable_runs: true,
      mount_prefix: "/agents/v1",
    });
    expect(config.warnings).toEqual([]);
  });

  it.each([
    [{ cors: { max_age: "soon" } }, { cors: {} }, /"http\.cors\.max_age" is not understood/],
    [{ cors: { allow_origins: "https://a" } }, { cors: {} }, /allow_origins" is not understood/],
    [{ cors: { allow_origin_regex: "(?P<x>" } }, { cors: {} }, /allow_origin_regex" is not understood/],
    [{ cors: { allow_origins: ["https://a/"] } }, { cors: { allow_origins: ["https://a/"] } }, /without a path/],
    [
      { cors: { allow_origins: ["*"], allow_credentials: true } },
      { cors: { allow_origins: ["*"], allow_credentials: true } },
      /allow_credentials" has no effect/,
    ],
    [
      { configurable_headers: { include: ["*"], exclude: [{ no: 1 }] } },
      { configurable_headers: { include: [], exclude: [] } },
      /configurable_headers" is not understood/,
    ],
    [{ cors: ["https://a"] }, {}, /"http\.cors" is not understood/],
    [{ configurable_headers: ["x-*"] }, {}, /"http\.configurable_headers" is not understood/],
    [{ mount_prefix: "agents" }, {}, /"http\.mount_prefix" is not understood .*"\/agents" would be a prefix/],
    [{ mount_prefix: "/a?b" }, {}, /"http\.mount_prefix" is not understood/],
    [{ disable_mcp: "yes" }, { disable_mcp: true }, /"http\.disable_mcp" should be true or false/],
  ])("E3: says what of %j it does not understand", async (given, http, warning) => {
    const config = await read({ graphs: {}, http: given });

    expect(config.http).toEqual(http);
    expect(config.warnings).toEqual([expect.stringMatching(warning)]);
  });

  it.each([
    ["checkpointer.path", { checkpointer: { path: "./x.ts:y" } }, "here"],
    ["checkpointer.serde.pickle_fallback", { checkpointer: { serde: { pickle_fallback: true } } }, "yet: pickle is"],
    ["checkpointer.postgres", { checkpointer: { postgres: { a: 1 } } }, "here"],
    ["dockerfile_lines", { dockerfile_lines: ["RUN x"] }, "yet: what they install"],
    ["webhooks", { webhooks: { headers: { a: "b" } } }, "yet: "],
    ["http.cors.allow_private", { http: { cors: { allow_origins: ["*"], allow_private: true } } }, "here"],
    ["http.configurable_headers.rename", { http: { configurable_headers: { rename: { a: "b" } } } }, "here"],
    ["store.index.distance", { store: { index: { embed: "openai:m", dims: 2, distance: "cosine" } } }, "here"],
    ["store.ttl.sweep_interval_minutes", { store: { ttl: { sweep_interval_minutes: 5 } } }, "yet: what has expired"],
    ["graphs.agent.config", { graphs: { agent: { path: "./src/graph.ts:graph", config: { a: 1 } } } }, "here"],
    ["graphs.a.b.config", { graphs: { "a.b": { path: "./src/graph.ts:graph", config: { a: 1 } } } }, "here"],
    ["http", { http: "all" }, "here"],
    ["node_version", { node_version: "26" }, "yet: graphs run on Node 24"],
    ["node_version", { node_version: "lts" }, "yet: graphs run on Node 24"],
    ["callbacks", { callbacks: ["./x.ts:y"] }, "here"],
  ])("E3: says that %s has no effect", async (field, extra, effect) => {
    const config = await read({ graphs: { agent: "./src/graph.ts:graph" }, ...extra });

    expect(config.warnings).toEqual([expect.stringMatching(new RegExp(`^"${field}" has no effect ${effect}`))]);
  });

  it.each<[string, unknown, unknown, RegExp[]]>([
    [
      "minutes",
      { default_ttl: 5, sweep_limit: 1 },
      { strategy: "delete", ttl: 5 },
      [/^"checkpointer.ttl.sweep_limit"/],
    ],
    ["a strategy", { strategy: "keep_latest", default_ttl: 0.5 }, { strategy: "keep_latest", ttl: 0.5 }, []],
    ["none", { strategy: "delete", default_ttl: null }, undefined, []],
    ["an unknown strategy", { strategy: "some", default_ttl: 5 }, undefined, [/^"checkpointer.ttl" is not understood/]],
    ["no time", { default_ttl: -1 }, undefined, [/^"checkpointer.ttl" is not understood/]],
    ["beyond every date", { default_ttl: 1e308 }, undefined, [/^"checkpointer.ttl" is not understood/]],
  ])("reads checkpointer.ttl: %s", async (_name, ttl, expected, warnings) => {
    const config = await read({ checkpointer: { ttl }, graphs: { agent: "./src/graph.ts:graph" } });

    expect(config.threadTtl).toEqual(expected);
    expect(config.warnings).toEqual(warnings.map((text) => expect.stringMatching(text)));
  });

  const OPENAI = { embed: "openai:text-embedding-3-small", dims: 1536 };
  it.each<[string, object, object, RegExp[]]>([
    ["ttl", { ttl: { default_ttl: 5, refresh_on_read: null } }, { ttl: { default_ttl: 5 } }, []],
    ["a model of a provider", { index: OPENAI }, { index: OPENAI }, []],
    [
      "fields",
      { index: { ...OPENAI, fields: ["a.b"], module: "x" } },
      { index: { ...OPENAI, fields: ["a.b"] } },
      [/^"store\.index\.module" has no effect/],
    ],
    ["a ttl of none", { ttl: { default_ttl: 0 } }, {}, [/^"store\.ttl\.default_ttl" is not understood/]],
    ["an index without dims", { index: { embed: "openai:x" } }, {}, [/^"store\.index\.dims" is not understood/]],
    [
      "a file that is not there",
      { index: { embed: "./no.ts:embed", dims: 3 } },
      { index: { embed: "./no.ts:embed", dims: 3, error: "There is no file ./no.ts." } },
      [],
    ],
  ])("reads of the store: %s", async (_name, store, config, warnings) => {
    const found = await read({ graphs: {}, store });

    expect(found.store).toEqual(config);
    expect(found.warnings).toEqual(warnings.map((text) => expect.stringMatching(text)));
  });

  it("a model is Python if its file is, and of a provider if all graphs are", async () => {
    await using project = await TemporaryProject.write({ ...GRAPH, "embed.py": "", "agent.py": "" });
    const indexOf = async (embed: string, graphs: object): Promise<object> => {
      await project.add({ "langgraph.json": { graphs, store: { index: { embed, dims: 3 } } } });
      const found = readConfig(project.dir);
      return { python: found.python !== undefined, ...found.store.config.index };
    };
    const [ofPython, ofScript] = [{ a: "./agent.py:graph" }, { b: "./src/graph.ts:graph" }];

    const own = { embed: "./embed.py:embed", dims: 3, language: "python", symbol: "embed", python: true };
    expect(await indexOf("./embed.py:embed", ofScript)).toEqual(own);
    expect(await indexOf("openai:m", ofPython)).toEqual({
      embed: "openai:m",
      dims: 3,
      language: "python",
      python: true,
    });
    expect(await indexOf("openai:m", { ...ofPython, ...ofScript })).toEqual({
      embed: "openai:m",
      dims: 3,
      python: true,
    });
    expect(await indexOf("./embed.py", ofScript)).toMatchObject({
      error: 'it names no function of ./embed.py, as in "./embed.py:embed".',
    });
  });

  it("takes a folder for the langgraph.json in it", async () => {
    await using project = await TemporaryProject.write({
      ...GRAPH,
      "langgraph.json": { graphs: { g: "./x.ts:graph" } },
    });

    expect(readConfig(project.dir)).toEqual(readConfig(path.join(project.dir, "langgraph.json")));
  });

  it("refuses a missing file and a folder without one, by name", async () => {
    await using project = await TemporaryProject.write(GRAPH);

    expect(() => readConfig(path.join(project.dir, "langgraph.json"))).toThrow(
      new ConfigError(`There is no file ${project.dir}/langgraph.json.`),
    );
    expect(() => readConfig(project.dir)).toThrow(new ConfigError(`There is no file ${project.dir}/langgraph.json.`));
  });

  it.each([
    ['{\n  "graphs": {\n    "a": ./x.ts\n  }\n}', /langgraph\.json:3 is not valid JSON/],
    ['{\n  "graphs": {', /langgraph\.json:2 is not valid JSON/],
    ["", /langgraph\.json:1 is not valid JSON/],
    ["[]", /must contain a JSON object/],
  ])("refuses %j and names the line", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe("parseJson", () => {
  it.each([
    ['\uFEFF{"a": 1}', { a: 1 }],
    ['{"a": [1, 2,], /* x, } */ "b": "// no, } comment", // yes\n}', { a: [1, 2], b: "// no, } comment" }],
    ['{"a": "quote \\" , }"}', { a: 'quote " , }' }],
  ])("reads %j", (text, expected) => {
    expect(parseJson(text)).toEqual(expected);
  });
});
