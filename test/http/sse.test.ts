import { frames, KEEP_ALIVE_COMMENT, passes } from "../../functions/http/server/sse.ts";
import type { StreamMode } from "../../functions/protocol/run.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("frames are event, data, id and a blank line, with LF", () => {
  const bytes = frames([
    { id: "1-1", event: "metadata", data: '{"run_id":"r"}' },
    { id: "1-2", event: "updates|child:1", data: '{"joke":"Zürich \u{1F366}"}' },
  ]);

  expect(text(bytes)).toBe(
    'event: metadata\ndata: {"run_id":"r"}\nid: 1-1\n\nevent: updates|child:1\ndata: {"joke":"Zürich \u{1F366}"}\nid: 1-2\n\n',
  );
});

test("what stands in for expired events has no id, so that a reader's cursor stays", () => {
  const bytes = frames([{ event: "values", data: "{}" }]);

  expect(text(bytes)).toBe("event: values\ndata: {}\n\n");
});

test("the keep-alive is a comment of one line", () => {
  expect(text(KEEP_ALIVE_COMMENT)).toBe(": heartbeat\n");
});

describe("a filter", () => {
  const events = [
    "metadata",
    "values",
    "values|child:6e1b",
    "updates",
    "updates|child:6e1b|leaf:7f2c",
    "messages",
    "messages/partial",
    "messages/metadata|child:6e1b",
    "custom",
    "error",
    "feedback",
  ];

  const table: [StreamMode[], string[]][] = [
    [[], events],
    [["values"], ["metadata", "values", "values|child:6e1b", "error", "feedback"]],
    [
      ["updates", "custom"],
      ["metadata", "updates", "updates|child:6e1b|leaf:7f2c", "custom", "error", "feedback"],
    ],
    [["messages"], ["metadata", "messages", "messages/partial", "messages/metadata|child:6e1b", "error", "feedback"]],
    [
      ["messages-tuple"],
      ["metadata", "messages", "messages/partial", "messages/metadata|child:6e1b", "error", "feedback"],
    ],
    [["debug"], ["metadata", "error", "feedback"]],
  ];
  test.each(table)("of %j", (modes, expected) => {
    expect(events.filter(passes({ modes, namespaces: [] }))).toEqual(expected);
  });

  test.each<[string[], StreamMode[], string[]]>([
    [[""], ["updates"], ["metadata", "updates", "error", "feedback"]],
    [["child:6e1b"], [], ["metadata", "values|child:6e1b", "messages/metadata|child:6e1b", "error", "feedback"]],
    [["child:6e1b|leaf:7f2c"], [], ["metadata", "updates|child:6e1b|leaf:7f2c", "error", "feedback"]],
    [
      ["", "child:6e1b|leaf:7f2c"],
      ["updates"],
      ["metadata", "updates", "updates|child:6e1b|leaf:7f2c", "error", "feedback"],
    ],
    [["other:1"], [], ["metadata", "error", "feedback"]],
  ])("of the namespaces %j alone, and modes %j", (namespaces, modes, expected) => {
    expect(events.filter(passes({ modes, namespaces }))).toEqual(expected);
  });
});
