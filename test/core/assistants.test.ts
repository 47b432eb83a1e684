/** Assistants over the real table: versions, what they give to runs, and the system's own ones under what is stored. */
import { chooseVersion, patchAssistant } from "../../functions/core/assistant/change-assistant.ts";
import { createAssistant } from "../../functions/core/assistant/create-assistant.ts";
import { deleteAssistant } from "../../functions/core/assistant/delete-assistant.ts";
import { findAssistant } from "../../functions/core/assistant/find-assistant.ts";
import { readVersions } from "../../functions/core/assistant/read-versions.ts";
import {
  countAssistants,
  searchAssistants,
  type SearchQuery,
} from "../../functions/core/assistant/search-assistants.ts";
import { systemAssistantId } from "../../functions/core/assistant/system-assistants.ts";
import { createCron } from "../../functions/core/cron/create-cron.ts";
import type { Engine } from "../../functions/core/run/execute/engine-port.ts";
import type { Assistant } from "../../functions/protocol/assistant.ts";
import { CronCreate } from "../../functions/protocol/cron.ts";
import { AssistantCreate, AssistantPatch } from "../../functions/protocol/assistant.ts";
import { type CorePorts, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes } from "../support/run-steps.ts";

let table: TestTable;
let ports: CorePorts;
let graphs = ["chat", "agent", "weather"];
beforeEach(async () => {
  table = await startTable();
  graphs = ["chat", "agent", "weather"];
  const own = corePorts(table, completes);
  const served = () => graphs.map((graph_id) => ({ graph_id, description: null }));
  const engine: Engine = { ...own.engine, graphs: served, builtAt: () => "2020-11-25T12:00:00.000Z" };
  ports = { ...own, engine };
});
afterEach(() => table.stop());

const ID = "7b0f3b7e-91c2-4a6b-8b1e-2f1c4f3f0a11";
const create = async (fields: object = {}): Promise<Assistant> => {
  const made = await createAssistant(ports, AssistantCreate.parse({ graph_id: "agent", ...fields }));
  if (!("assistant" in made)) throw new Error(made.detail);
  return made.assistant;
};
const patch = (id: string, fields: object = {}) => patchAssistant(ports, id, AssistantPatch.parse(fields));
const remove = (id: string) => deleteAssistant(ports, id, { threads: false });
const versions = async (id: string): Promise<number[] | undefined> =>
  (await readVersions(ports, id, { metadata: undefined, limit: 100, offset: 0 }))?.map(({ version }) => version);
const ALL: SearchQuery = {
  limit: 100,
  offset: 0,
  metadata: undefined,
  graph_id: undefined,
  name: undefined,
  sort_by: undefined,
  sort_order: undefined,
};
const search = async (query: Partial<SearchQuery> = {}) => {
  const found = await searchAssistants(ports, { ...ALL, sort_by: "name", sort_order: "asc", ...query });
  if (found.kind !== "found") throw new Error(found.detail);
  return { names: found.page.map(({ name }) => name), total: found.total };
};

describe("system assistants", () => {
  it.each([
    ["agent", "fe096781-5601-53d2-b2f6-0d3403f7e9ca"],
    ["chat", "eb6db400-e3c8-5d06-a834-015cb89efe69"],
    ["weather", "5fb44052-6611-57fc-99b4-527b0d62f788"],
  ])("%s has the id that every server gives it", async (graph_id, assistant_id) => {
    expect(systemAssistantId(graph_id)).toBe(assistant_id);
    expect((await findAssistant(ports, graph_id))?.assistant_id).toBe(assistant_id);
    expect((await findAssistant(ports, assistant_id.toUpperCase()))?.graph_id).toBe(graph_id);
  });

  it("are all there is at first", async () => {
    expect(await findAssistant(ports, "nope")).toBeUndefined();
    expect(await findAssistant(ports, ID)).toBeUndefined();
    expect(await search()).toEqual({ names: ["agent", "chat", "weather"], total: 3 });
  });

  it("can be changed, by graph id, too, and are then what is stored", async () => {
    await patch("agent", { name: "Ada", config: { configurable: { model: "small" } } });

    const changed = await findAssistant(ports, "agent");
    expect(changed).toMatchObject({ assistant_id: systemAssistantId("agent"), name: "Ada", version: 2 });
    expect(changed?.metadata).toEqual({ created_by: "system" });
    expect(await versions("agent")).toEqual([2, 1]);
    expect(await search()).toEqual({ names: ["Ada", "chat", "weather"], total: 3 });
  });

  it("can go back to what langgraph.json says, by version and by deletion", async () => {
    await patch("agent", { name: "Ada" });

    expect(await chooseVersion(ports, "agent", 1)).toMatchObject({ assistant: { name: "agent", version: 1 } });
    expect(await remove("agent")).toEqual({ kind: "deleted" });

    expect(await findAssistant(ports, "agent")).toMatchObject({ name: "agent", version: 1 });
    expect(await versions("agent")).toEqual([1]);
  });

  it("go with their graph, changed or not", async () => {
    await patch("agent", { name: "Ada" });
    graphs = ["chat"];

    expect(await search()).toEqual({ names: ["chat"], total: 1 });
    expect(await findAssistant(ports, systemAssistantId("agent"))).toBeUndefined();
  });
});

describe("versions", () => {
  it("go up with every patch, an empty one, too, and never back", async () => {
    await create({ assistant_id: ID, name: "first", context: { a: 1 }, metadata: { kind: "x" }, description: "one" });
    await patch(ID, { name: "second", graph_id: "chat", context: { a: 2 }, metadata: { more: 1 }, description: "two" });
    await patch(ID);

    const chosen = await chooseVersion(ports, ID, 1);
    await patch(ID);

    expect(chosen).toMatchObject({
      kind: "changed",
      assistant: {
        name: "first",
        graph_id: "agent",
        context: { a: 1 },
        metadata: { kind: "x" },
        description: "one",
        version: 1,
        config: { configurable: { a: 1 } },
      },
    });
    expect(await versions(ID)).toEqual([4, 3, 2, 1]);
    expect(await findAssistant(ports, ID)).toMatchObject({ version: 4, name: "first" });
    expect(await chooseVersion(ports, ID, 99)).toMatchObject({ kind: "not_found" });
  });

  it("of patches at once are all kept, each with a number of its own", async () => {
    await create({ assistant_id: ID });

    const made = await Promise.all(["a", "b", "c"].map((name) => patch(ID, { name })));

    const numbers = made.map((one) => (one.kind === "changed" ? one.assistant.version : one.kind));
    expect(new Set(numbers)).toEqual(new Set([2, 3, 4]));
    expect(await versions(ID)).toEqual([4, 3, 2, 1]);
  });

  it("of a deleted assistant are none of a later one with its id", async () => {
    await create({ assistant_id: ID });
    await patch(ID);
    await remove(ID);
    await create({ assistant_id: ID, name: "another" });

    expect(await versions(ID)).toEqual([1]);
    expect(await chooseVersion(ports, ID, 2)).toMatchObject({ kind: "not_found" });
  });

  it("are filtered by metadata", async () => {
    await create({ assistant_id: ID, metadata: { step: 1 } });
    await patch(ID, { metadata: { step: 2 } });

    const found = await readVersions(ports, ID, { metadata: { step: 1 }, limit: 10, offset: 0 });

    expect(found?.map(({ version }) => version)).toEqual([1]);
    expect(await readVersions(ports, "nope", { metadata: undefined, limit: 10, offset: 0 })).toBeUndefined();
  });
});

describe("create", () => {
  it("of an id that is there is refused, or answers with what is there", async () => {
    const made = await create({ assistant_id: ID, name: "first" });
    const again = AssistantCreate.parse({ graph_id: "chat", assistant_id: ID });

    expect(await createAssistant(ports, again)).toMatchObject({ kind: "exists" });
    expect(await createAssistant(ports, { ...again, if_exists: "do_nothing" })).toEqual({
      kind: "found",
      assistant: made,
    });
    const ofGraph = AssistantCreate.parse({ graph_id: "chat", assistant_id: systemAssistantId("chat") });
    expect(await createAssistant(ports, ofGraph)).toMatchObject({ kind: "exists" });
  });

  it("twice at once makes one", async () => {
    const asked = AssistantCreate.parse({ graph_id: "chat", assistant_id: ID });

    const made = await Promise.all([createAssistant(ports, asked), createAssistant(ports, asked)]);

    expect(new Set(made.map(({ kind }) => kind))).toEqual(new Set(["created", "exists"]));
  });

  it("copies what is only config or only context to the other", async () => {
    expect(await create({ config: { tags: ["t"], configurable: { a: 1 } } })).toMatchObject({ context: { a: 1 } });
    expect(await create({ context: { a: 1 } })).toMatchObject({ config: { configurable: { a: 1 } } });
    expect(await create({ config: { configurable: { a: 1 } }, context: { b: 1 } })).toMatchObject({
      config: { configurable: { a: 1 } },
      context: { b: 1 },
    });
  });

  it.each([
    ["config alone", { config: { configurable: { b: 2 } } }, { b: 2 }, { b: 2 }],
    ["context alone", { context: { b: 2 } }, { b: 2 }, { b: 2 }],
    ["neither", { config: { tags: ["t"] } }, { a: 1 }, { a: 1 }],
    ["both", { config: { configurable: { b: 2 } }, context: { c: 3 } }, { b: 2 }, { c: 3 }],
  ])("a patch of %s replaces what it gives", async (_, fields, configurable, context) => {
    await create({ assistant_id: ID, context: { a: 1 } });

    expect(await patch(ID, fields)).toMatchObject({ assistant: { config: { configurable }, context } });
  });

  it("bounds what is kept, and knows its graphs", async () => {
    const large = { text: "x".repeat(40_000) };

    expect(await createAssistant(ports, AssistantCreate.parse({ graph_id: "nope" }))).toMatchObject({
      kind: "not_found",
      detail: 'Graph "nope" not found. Must be one of: chat, agent, weather',
    });
    expect(await createAssistant(ports, AssistantCreate.parse({ graph_id: "chat", metadata: large }))).toMatchObject({
      kind: "invalid",
    });
    await create({ assistant_id: ID });
    expect(await patch(ID, { graph_id: "nope" })).toMatchObject({ kind: "not_found" });
    expect(await patch(ID, { context: large })).toMatchObject({ kind: "invalid" });
    expect(await versions(ID)).toEqual([1]);
  });
});

test("the crons of a deleted assistant go with it, others stay", async () => {
  await create({ assistant_id: ID });
  for (const assistant_id of [ID, "agent"]) {
    const body = CronCreate.parse({ assistant_id, schedule: "0 12 * * *" });
    expect((await createCron(ports, null, body)).kind).toBe("created");
  }

  await remove(ID);

  expect(await ports.crons.list()).toMatchObject([{ assistant_id: systemAssistantId("agent") }]);
});

describe("search", () => {
  it("filters by graph, name and metadata, and counts all that match", async () => {
    await create({ name: "Mine", metadata: { owner: "ada", tags: ["a", "b"] } });
    await create({ name: "Yours", graph_id: "chat", metadata: { owner: "eve" } });
    // Too large for the listing.
    await create({ name: "Long", metadata: { owner: "ada", text: "x".repeat(2_000) } });

    expect(await search({ metadata: { owner: "ada" } })).toEqual({ names: ["Long", "Mine"], total: 2 });
    expect(await search({ metadata: { tags: ["b"] } })).toEqual({ names: ["Mine"], total: 1 });
    expect(await search({ graph_id: "chat" })).toEqual({ names: ["Yours", "chat"], total: 2 });
    expect(await search({ name: "OUR" })).toEqual({ names: ["Yours"], total: 1 });
    expect(await search({ limit: 2, offset: 1 })).toEqual({ names: ["Mine", "Yours"], total: 6 });
    expect(await countAssistants(ports, { ...ALL, metadata: { owner: "ada" } })).toEqual({ kind: "found", total: 2 });
  });

  it("shows the newest first, and what was changed or deleted at once", async () => {
    const { assistant_id } = await create({ name: "one" });
    ports.advance(1_000);
    await create({ name: "two" });
    await patch(assistant_id, { name: "changed" });

    const newest = await searchAssistants(ports, { ...ALL, limit: 2 });
    expect(newest).toMatchObject({ page: [{ name: "two" }, { name: "changed" }], total: 5 });
    const byChange = await search({ sort_by: "updated_at", sort_order: "desc", limit: 1 });
    expect(byChange.names).toEqual(["changed"]);

    await remove(assistant_id);
    expect((await search({ graph_id: "agent" })).names).toEqual(["agent", "two"]);
  });
});
