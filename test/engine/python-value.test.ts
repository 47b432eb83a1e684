/** What Python has stored, read without Python. */
import { isPythons, pythonValue } from "../../functions/engine/checkpoint/python-value.ts";

describe("a value that Python has stored", () => {
  const value = (type: string, hex: string) => ({ type, elements: [Buffer.from(hex, "hex")] });

  test.each([
    ["null", "null", "", null],
    ["a small number", "msgpack", "07", 7],
    ["a negative one", "msgpack", "ff", -1],
    ["one of 64 bits", "msgpack", "cf1000000000000000", 2 ** 60],
    ["a float", "msgpack", "cb3ff8000000000000", 1.5],
    ["a text", "msgpack", "a26869", "hi"],
    ["a list", "msgpack", "9301c0c3", [1, null, true]],
    ["a map whose keys are no texts", "msgpack", "8201a16102a162", { 1: "a", 2: "b" }],
    ["bytes", "msgpack", "c4020001", "AAE="],
    // Extension 0 of ["uuid", "UUID", hex]: a class and its only argument.
    [
      "a UUID",
      "msgpack",
      "c72d0093a475756964a455554944d9203132333435363738313233343536373831323334353637383132333435363738",
      "12345678-1234-5678-1234-567812345678",
    ],
  ])("as JSON: %s", (_, type, hex, json) => {
    expect(isPythons(value(type, hex))).toBe(true);
    expect(pythonValue(value(type, hex))).toEqual(json);
  });

  test("of JavaScript is not taken for one", () => {
    expect(isPythons(value("json", "7b7d"))).toBe(false);
  });

  test("that is cut off is an error, not another value", () => {
    expect(() => pythonValue(value("msgpack", "a568"))).toThrow(RangeError);
  });
});
