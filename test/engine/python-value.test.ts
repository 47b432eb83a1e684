/** What Python has stored, read without Python. */
import { isExactlyReadable, isPythons, pythonValue } from "../../functions/engine/checkpoint/python-value.ts";

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

  /** `datetime.time(1, 2, 3, tzinfo=timezone.utc)`. */
  const inZone =
    "c7720293a86461746574696d65a474696d6586a4686f757201a66d696e75746502a67365636f6e6403ab6d6963726f7365636f6e6400" +
    "a6747a696e666fc72f0193a86461746574696d65a874696d657a6f6e6591c7180193a86461746574696d65a974696d6564656c746193000000" +
    "a4666f6c6400";

  test("a time in a zone is null, as Python's encoder has it", () => {
    expect(pythonValue(value("msgpack", inZone))).toBeNull();
    expect(isExactlyReadable(value("msgpack", inZone))).toBe(true);
  });

  test.each([
    ["a pair as a key", "8192010201"],
    ["a float as a key", "81cb3ff000000000000001"],
    ["one below", "81a16181cb3ff800000000000002"],
    ["a regular expression", "d80193a27265a7636f6d70696c6592a16122"],
    ["a list with one", "91d80193a27265a7636f6d70696c6592a16122"],
  ])("only Python shows %s", (_, hex) => {
    expect(isExactlyReadable(value("msgpack", hex))).toBe(false);
  });

  test("of JavaScript is not taken for one", () => {
    expect(isPythons(value("json", "7b7d"))).toBe(false);
  });

  test("that is cut off is an error, not another value", () => {
    expect(() => pythonValue(value("msgpack", "a568"))).toThrow(RangeError);
  });
});
