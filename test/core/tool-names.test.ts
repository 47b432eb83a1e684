/** Names of tools: valid, unique, and kept when others come. */
import { toolNames } from "../../functions/core/mcp/tool-names.ts";

const one = (assistant_id: string, name: string, created_at = "2026-01-01") => ({ assistant_id, name, created_at });
const namesOf = (assistants: ReturnType<typeof one>[], first: string[] = []) =>
  [...toolNames(assistants, new Set(first))].map(([name, { assistant_id }]) => `${name} = ${assistant_id}`);

test.each([
  ["chat", "chat"],
  ["LG101 Agent", "LG101_Agent"],
  ["a/b.c", "a_b_c"],
  ["Über", "_ber"],
  ["x".repeat(80), "x".repeat(64)],
])("%s is called %s", (name, tool) => {
  expect(namesOf([one("1", name)])).toEqual([`${tool} = 1`]);
});

test("a graph's assistant has its name before others, then the oldest", () => {
  const [first, second, graph] = [
    one("11111111-0000", "chat", "2026-01-01"),
    one("22222222-0000", "chat", "2026-01-02"),
    one("33333333-0000", "chat", "2026-01-03"),
  ];

  expect(namesOf([second, graph, first], [graph.assistant_id])).toEqual([
    "chat = 33333333-0000",
    "chat_11111111 = 11111111-0000",
    "chat_22222222 = 22222222-0000",
  ]);
});

test("one that is called as another's suffix makes it has a longer one; one without a name has its id", () => {
  const [a, b, c] = [
    one("12345678-9", "x_12345678", "2026-01-01"),
    one("12345678-0", "x", "2026-01-02"),
    one("5-5", ""),
  ];

  expect(namesOf([a, b, { ...one("12345678-a", "x", "2026-01-03") }, c])).toEqual([
    "x_12345678 = 12345678-9",
    "_55 = 5-5",
    "x = 12345678-0",
    "x_12345678a = 12345678-a",
  ]);
});
