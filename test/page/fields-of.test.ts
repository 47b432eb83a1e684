/** The form of a new run: fields from an input schema, and the input that they make. */
import { fieldsOf, inputOf } from "../../page/form/fields-of.ts";

const SCHEMA = {
  type: "object",
  required: ["topic"],
  properties: {
    topic: { type: "string", description: "what it is about" },
    n: { anyOf: [{ type: "integer" }, { type: "null" }], default: 3 },
    loud: { type: ["boolean", "null"] },
    tone: { enum: ["dry", "warm"] },
    messages: { type: "array" },
    anything: {},
  },
};

test("each property is a field of its kind, also one that may be null", () => {
  const fields = fieldsOf(SCHEMA) ?? [];

  expect(fields.map(({ name, kind, required, initial }) => [name, kind, required, initial])).toEqual([
    ["topic", "text", true, ""],
    ["n", "number", false, "3"],
    ["loud", "boolean", false, ""],
    ["tone", "choice", false, ""],
    ["messages", "message", false, ""],
    ["anything", "json", false, ""],
  ]);
});

test.each([null, {}, { type: "array" }])("%j has no fields: it is written as JSON", (schema) => {
  expect(fieldsOf(schema)).toBeUndefined();
});

test("what is empty is left out, what is given has its type", () => {
  const given = new Map(
    Object.entries({ topic: "12", loud: "true", tone: '"dry"', messages: "Hello", anything: "plain words" }),
  );

  expect(inputOf(fieldsOf(SCHEMA) ?? [], given)).toEqual({
    topic: "12",
    n: 3,
    loud: true,
    tone: "dry",
    messages: [{ role: "user", content: "Hello" }],
    anything: "plain words",
  });
  expect(inputOf(fieldsOf(SCHEMA) ?? [], new Map([["n", ""]]))).toEqual({});
});

test.each([
  ["n", "many"],
  ["messages", "[1,"],
  ["anything", '{"a"'],
])("%s with %j is refused by its name", (name, text) => {
  expect(() => inputOf(fieldsOf(SCHEMA) ?? [], new Map([[name, text]]))).toThrow(`${name}: this is no JSON.`);
});
