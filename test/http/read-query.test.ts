import { readBoolean, readList, readNumber } from "../../functions/http/request/read-query.ts";

const query = (text: string) => new URLSearchParams(text);

describe("booleans", () => {
  test.each([
    ["", false],
    ["wait=", false],
    ["wait=0", false],
    ["wait=1", true],
    ["wait=true", true],
    ["wait=True", true],
    ["wait=FALSE", false],
  ])("%s is %s", (text, expected) => {
    expect(readBoolean(query(text), "wait")).toBe(expected);
  });

  test("anything else is refused by name", () => {
    expect(() => readBoolean(query("wait=bogus"), "wait")).toThrow("wait: must be true, false, 1 or 0");
  });
});

describe("lists", () => {
  test.each([
    ["", []],
    ["m=values", ["values"]],
    ["m=values&m=updates", ["values", "updates"]],
    ["m=values,updates", ["values", "updates"]],
    ['m=["values","updates"]', ["values", "updates"]],
    ['m=["values"]&m=updates&m=values', ["values", "updates"]],
  ])("%s is %j", (text, expected) => {
    expect(readList(query(text), "m")).toEqual(expected);
  });

  test("broken JSON is refused by name", () => {
    expect(() => readList(query('m=["values"'), "m")).toThrow("m: must be a list of names");
  });
});

test.each([
  ["", undefined],
  ["limit=7", 7],
  ["limit=-1", -1],
  ["limit=ten", "ten"],
])("the number of %j is %j", (text, expected) => {
  expect(readNumber(query(text), "limit")).toBe(expected);
});
