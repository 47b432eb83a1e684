/** How deep JSON may be: told by its bytes, whatever stands in its texts. */
import { isTooDeep, NESTING } from "../../functions/core/json/nesting.ts";

const nested = (levels: number, [open, close]: readonly [string, string] = ["[", "]"], inner = ""): Uint8Array =>
  Buffer.from(`${open.repeat(levels)}${inner}${close.repeat(levels)}`);

test.each([
  ["lists", ["[", "]"]],
  ["objects", ['{"a":', "}"]],
] as const)("R13: of %s: %s", (_name, brackets) => {
  expect(isTooDeep(nested(NESTING, brackets, "1"))).toBe(false);
  expect(isTooDeep(nested(NESTING + 1, brackets, "1"))).toBe(true);
});

test.each([
  ["brackets in a text", JSON.stringify("[{".repeat(2_000))],
  ["behind an escaped quote", JSON.stringify(`"${"[".repeat(2_000)}`)],
  ["behind a backslash at its end", `["\\\\",${JSON.stringify("[".repeat(2_000))}]`],
  ["beside each other", JSON.stringify(Array.from({ length: 2_000 }, () => [{}]))],
  ["a text without an end", `"${"[".repeat(2_000)}`],
])("R13: not by %s", (_name, json) => {
  expect(isTooDeep(Buffer.from(json))).toBe(false);
});
