/** What requests hold, by every schema of the protocol: refused or taken, never a throw, whatever stands wherever. */
import { readdirSync } from "node:fs";
import { z } from "zod";

const folder = new URL("../../functions/protocol/", import.meta.url);

const schemas: [string, z.ZodType][] = [];
for (const file of readdirSync(folder)) {
  const exported: object = await import(new URL(file, folder).href);
  for (const [name, schema] of Object.entries(exported))
    if (schema instanceof z.ZodType) schemas.push([`${file} ${name}`, schema]);
}

const TEXTS = ["", "x", "\ud800", "a\udfff", "\u0000", "x".repeat(2_048), "x".repeat(2_049), "__proto__", "1ef", "*"];
const NUMBERS = [0, -0, -1, 0.5, 1, 1_000, 1_001, 2 ** 53, 1e308, Number.NaN, Infinity, -Infinity];
const LEAVES: unknown[] = [null, undefined, true, false, ...TEXTS, ...NUMBERS, [], {}];
const own = (key: string, value: unknown): unknown =>
  JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value ?? null)}}`);
const NESTED = LEAVES.flatMap((leaf) => [
  [leaf],
  [[leaf]],
  ...["configurable", "checkpoint_id", "checkpoint_map", "node", "__proto__"].map((key) => own(key, leaf)),
  { configurable: { checkpoint_id: leaf, checkpoint_ns: leaf, checkpoint_map: { x: leaf } } },
  { checkpoint_map: { "\ud800": leaf } },
]);
const VALUES = [...LEAVES, ...NESTED];

/** Keys of an object's schema, also behind a transform or a null. */
function keysOf(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodPipe) return [...keysOf(schema.in), ...keysOf(schema.out)];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return keysOf(schema.unwrap());
  return [];
}

test("the protocol has schemas, and their keys are known", () => {
  expect(schemas.length).toBeGreaterThan(10);
  expect(schemas.flatMap(([, schema]) => keysOf(schema))).toEqual(
    expect.arrayContaining(["before", "checkpoint", "webhook", "stream_mode", "run_ids", "if_exists"]),
  );
});

test.each(schemas)("E5: %s: no value is thrown at", (_, schema) => {
  const whole = VALUES.filter((value) => !isTaken(schema, value));
  const inside = keysOf(schema).flatMap((key) =>
    VALUES.filter((value) => !isTaken(schema, { [key]: value })).map((value) => ({ [key]: value })),
  );

  expect([...whole, ...inside]).toEqual([]);
});

/** Taken or refused with issues. */
function isTaken(schema: z.ZodType, value: unknown): boolean {
  try {
    const { success, error } = schema.safeParse(value);
    return success || error.issues.length > 0;
  } catch {
    return false;
  }
}
