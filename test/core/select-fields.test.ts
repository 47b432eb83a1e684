/** What `extract` finds in a thread: by keys and positions, null where there is nothing. */
import { valueAt } from "../../functions/core/thread/select-fields.ts";

const thread = {
  values: { messages: [{ content: "first" }, { content: "last", parts: [[1], [2, 3]] }] },
  metadata: {},
};

test.each([
  ["values.messages[-1].content", "last"],
  ["values.messages[0]", { content: "first" }],
  ["values.messages[-1].parts[1][-1]", 3],
  ["values", thread.values],
  ["values.messages[2]", null],
  ["values.messages[-3].content", null],
  ["values.messages.content", null],
  ["values.messages.length", null],
  ["metadata.constructor", null],
  ["interrupts.a", null],
])("%s", (path, found) => {
  expect(valueAt(thread, path)).toEqual(found);
});
