/** Filters of custom auth: what they match of an object's metadata. */
import { exactValue, matchesFilter } from "../../functions/core/auth/matches-filter.ts";

const METADATA = {
  owner: "ann",
  teams: ["red", "blue"],
  level: 0,
  name: "",
  open: false,
  none: null,
  at: { city: "x" },
};

test.each([
  ["a value", { owner: "ann" }],
  ["several keys", { owner: "ann", level: 0 }],
  ["0", { level: { $eq: 0 } }],
  ["an empty text", { name: { $eq: "" } }],
  ["false", { open: { $eq: false } }],
  ["null", { none: { $eq: null } }],
  ["falsy values by themselves", { level: 0, name: "", open: false, none: null }],
  ["an object", { at: { city: "x" } }],
  ["one element", { teams: { $contains: "red" } }],
  ["all of several elements", { teams: { $contains: ["blue", "red"] } }],
  ["one of several filters", { $or: [{ owner: "bob" }, { teams: { $contains: "red" } }] }],
  ["all of several filters", { $and: [{ owner: "ann" }, { $or: [{ level: 1 }, { level: 0 }] }] }],
  ["nothing asked", {}],
])("%s matches", (_, filter) => {
  expect(matchesFilter(METADATA, filter)).toBe(true);
});

test.each([
  ["another value", { owner: "bob" }],
  ["one of two keys", { owner: "ann", level: 1 }],
  ["a key that is not there", { tenant: "ann" }],
  ["null for a key that is not there", { tenant: null }],
  ["$eq of null for a key that is not there", { tenant: { $eq: null } }],
  ["a name that every object has", { constructor: { $eq: null } }],
  ["0 for false", { open: 0 }],
  ["a part of an object", { at: {} }],
  ["an element that is not there", { teams: { $contains: ["red", "green"] } }],
  ["an element of what is no list", { owner: { $contains: "a" } }],
  ["none of several filters", { $or: [{ owner: "bob" }, { level: 1 }] }],
  ["no filter of none", { $or: [] }],
  ["one of all", { $and: [{ owner: "ann" }, { owner: "bob" }] }],
])("%s does not match", (_, filter) => {
  expect(matchesFilter(METADATA, filter)).toBe(false);
});

test.each([
  [{ owner: { $ne: "bob" } }],
  [{ tenant: { $in: ["ann"] } }],
  [{ $not: { owner: "bob" } }],
  [{ $or: { owner: "ann" } }],
  [{ $and: ["ann"] }],
])("%j is not understood, and matches nobody", (filter) => {
  expect(() => matchesFilter(METADATA, filter)).toThrow(TypeError);
});

test("tells the value that an index may be asked for", () => {
  expect(exactValue({ owner: "ann", level: 0 }, "owner")).toBe("ann");
  expect(exactValue({ owner: { $eq: "ann" } }, "owner")).toBe("ann");
  expect(exactValue({ owner: { $contains: "ann" } }, "owner")).toBeUndefined();
  expect(exactValue({ $or: [{ owner: "ann" }] }, "owner")).toBeUndefined();
  expect(exactValue(null, "owner")).toBeUndefined();
});
