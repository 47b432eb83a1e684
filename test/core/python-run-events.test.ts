/** What the records of a run of Python become in its thread's stream, and what of it the Python SDK is told. */
import { forReader } from "../../functions/core/stream/python-sdk.ts";
import { record, shown, toldOf } from "../support/fold-run.ts";

describe("a run of Python", () => {
  const at = (node: string, ns: string) => ({ langgraph_node: node, langgraph_checkpoint_ns: ns });
  const model = (node: string, ns: string) => ({ ...at(node, ns), ls_model_type: "chat" });
  const said = (id: string, more: object = {}) => ({ type: "ai", id, content: "Hi", ...more });
  const task = (id: string, name: string, more: object = { result: {} }) => ({ id, name, interrupts: [], ...more });
  const told = toldOf([
    record(1, [
      ["metadata", { run_id: "run-1", attempt: 1 }],
      ["protocol/python", {}],
      ["messages", [said("m1", { tool_call_chunks: [] }), model("model", "model:t1")]],
      ["tasks", task("t1", "model")],
      ["tools", { event: "tool-started", tool_call_id: "c", tool_name: "task", input: {} }],
      ["tasks|tools:t2", task("t3", "model", {})],
      ["messages|tools:t2", [said("m2"), model("model", "tools:t2|model:t3")]],
      ["messages", [{ type: "tool", id: "m3", content: "4", tool_call_id: "c" }, at("tools", "tools:t2")]],
      ["messages", [said("m4"), at("tools", "tools:t2")]],
    ]),
    record(2, [["tasks", task("t2", "tools")]], "success"),
  ]);
  const events = told.map(shown);
  const of = (method: string) => events.filter((event) => event.method === method);

  it("messages and tools are told of the graph of their node, and end with the node's task", () => {
    const starts = of("messages").filter(({ params }) => params.data["event"] === "message-start");

    expect(starts.map(({ params: { namespace, node, data } }) => [namespace, node, data["id"]])).toEqual([
      [[], "model", "m1"],
      [["tools:t2"], "model", "m2"],
    ]);
    expect(of("tools").map(({ params }) => params.namespace)).toEqual([[]]);
    const finished = events.findIndex(({ params }) => params.data["event"] === "message-finish");
    expect(events[finished + 1]).toMatchObject({ method: "tasks", params: { data: { id: "t1" } } });
  });

  it("a tool's answer and what a node has made itself are no messages: the state tells them", () => {
    expect(of("messages").filter(({ params }) => ["m3", "m4"].includes(String(params.data["id"])))).toEqual([]);
  });

  it("only graphs are children, not nodes in which a model speaks or a tool works", () => {
    expect(of("lifecycle").map(({ params: { namespace, data } }) => [namespace, data["event"]])).toEqual([
      [[], "running"],
      [["tools:t2"], "started"],
      [["tools:t2"], "completed"],
      [[], "completed"],
    ]);
  });

  it("the Python SDK finds each of them where it is: nothing is taken off the namespace", () => {
    const namespaces = told.map((event) => forReader("python", event)?.namespace);

    expect(namespaces).toEqual(told.map(({ namespace }) => namespace));
  });
});

test("trap 8: of LangGraph.js the Python SDK is told the graph in which a node speaks", () => {
  const tuple = [
    { type: "ai", id: "m", content: "Hi" },
    { langgraph_node: "agent", langgraph_checkpoint_ns: "agent:t" },
  ];
  const [first] = toldOf([record(1, [["messages", tuple]])]).filter(({ method }) => method === "messages");

  expect(first?.namespace).toEqual(["agent:t"]);
  expect(first && forReader("python", first)?.namespace).toEqual([]);
});
