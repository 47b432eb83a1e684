import { contains } from "../../functions/core/json/contains.ts";

const whole = { a: 1, b: { c: ["x", { d: true }], e: null } };

describe("contains", () => {
  it.each([[{}], [{ a: 1 }], [{ b: {} }], [{ b: { c: ["x"] } }], [{ b: { c: [{ d: true }] } }], [{ b: { e: null } }]])(
    "%j is a part",
    (part) => {
      expect(contains(whole, part)).toBe(true);
    },
  );

  it.each([[{ a: 2 }], [{ z: null }], [{ b: { c: ["y"] } }], [{ b: ["c"] }], [{ a: { toString: 1 } }]])(
    "%j is not",
    (part) => {
      expect(contains(whole, part)).toBe(false);
    },
  );
});
