/** Which checkpoint a request names, among all the places where it may. */
import { systemAssistants } from "../../functions/core/assistant/system-assistants.ts";
import { selectionOf } from "../../functions/core/checkpoint/selected-checkpoint.ts";
import { buildKwargs } from "../../functions/core/run/create/new-run.ts";
import { runBody, scriptedEngine } from "../support/core-ports.ts";
import { completes } from "../support/run-steps.ts";

const configured = (configurable: object, metadata: object = {}) => ({ config: { configurable, metadata } });

test.each<[string, object, object]>([
  ["none", {}, {}],
  [
    "the body's checkpoint",
    { checkpoint: { checkpoint_id: "a", checkpoint_ns: "n:1" } },
    { checkpoint_id: "a", checkpoint_ns: "n:1" },
  ],
  [
    "the body's before its config's",
    { checkpoint_id: "a", ...configured({ checkpoint_id: "b", checkpoint_ns: "n:1" }) },
    { checkpoint_id: "a" },
  ],
  [
    "an id beside a checkpoint that has none",
    { checkpoint_id: "a", checkpoint: { checkpoint_ns: "" } },
    { checkpoint_id: "a" },
  ],
  ["its config's", configured({ checkpoint_id: "b", name: "Ada" }), { checkpoint_id: "b" }],
  ["its config's, by the old name", configured({ thread_ts: "b" }), { checkpoint_id: "b" }],
  ["a map", configured({ checkpoint_map: { "": "b" } }), { checkpoint_map: { "": "b" } }],
  ["a namespace alone: none", configured({ checkpoint_ns: "n:1" }), {}],
  ["the place of a calling node: none", configured({ checkpoint_map: { "": "b" } }, { langgraph_node: "n" }), {}],
])("R11: %s", (_name, fields, selected) => {
  expect(selectionOf(runBody(fields))).toEqual(selected);
});

test("R6: an assistant's config selects no checkpoint for all of its runs", () => {
  const [assistant] = systemAssistants(scriptedEngine(completes));
  if (!assistant) throw new Error("there is no assistant");
  const config = { configurable: { checkpoint_id: "a", thread_ts: "a", name: "Ada" } };

  const kwargs = buildKwargs({ thread_id: null, body: runBody() }, { ...assistant, config });

  expect(kwargs.config).toEqual({ configurable: { name: "Ada" } });
});
