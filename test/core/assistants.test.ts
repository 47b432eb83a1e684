import { findAssistant, searchAssistants, systemAssistantId } from "../../functions/core/assistant/assistants.ts";

const engine = {
  graphs: () => ["chat", "agent", "weather"].map((graph_id) => ({ graph_id, description: null })),
  builtAt: () => "2026-11-25T12:00:00.000Z",
};
const page = { limit: 10, offset: 0, metadata: undefined, graph_id: undefined, name: undefined } as const;
const order = { sort_by: "name", sort_order: "asc" } as const;

describe("system assistants", () => {
  it.each([
    ["agent", "fe096781-5601-53d2-b2f6-0d3403f7e9ca"],
    ["chat", "eb6db400-e3c8-5d06-a834-015cb89efe69"],
    ["weather", "5fb44052-6611-57fc-99b4-527b0d62f788"],
  ])("%s has the id that every server gives it", (graph_id, assistant_id) => {
    expect(systemAssistantId(graph_id)).toBe(assistant_id);
    expect(findAssistant(engine, graph_id)?.assistant_id).toBe(assistant_id);
    expect(findAssistant(engine, assistant_id.toUpperCase())?.graph_id).toBe(graph_id);
  });

  it("knows nothing else", () => {
    expect(findAssistant(engine, "nope")).toBeUndefined();
    expect(findAssistant(engine, "00000000-0000-4000-8000-000000000000")).toBeUndefined();
  });

  it("searches by name, graph and metadata, in pages of a total order", () => {
    const all = searchAssistants(engine, { ...page, ...order });
    const second = searchAssistants(engine, { ...page, ...order, limit: 1, offset: 1 });
    const none = searchAssistants(engine, { ...page, ...order, metadata: { created_by: "user" } });

    expect(all.page.map(({ name }) => name)).toEqual(["agent", "chat", "weather"]);
    expect(second).toMatchObject({ total: 3, page: [{ name: "chat" }] });
    expect(none).toEqual({ total: 0, page: [] });
    expect(searchAssistants(engine, { ...page, ...order, name: "EAT" }).total).toBe(1);
  });
});
