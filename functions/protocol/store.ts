/** The store's items and the bodies that write and search them over HTTP (Agent Server API). */
import { z } from "zod";
import { absentable, JsonObject, KeyText } from "./json.ts";
import { Minutes } from "./minutes.ts";

/** Both SDKs join labels with dots to ask for an item. */
const Label = KeyText.refine((label) => label !== "" && !label.includes("."), {
  error: "labels cannot be empty or contain periods",
}).refine((label) => !label.includes("\u0000"), { error: "labels cannot contain NUL" });

const Labels = z.array(Label);

export const Namespace = Labels.min(1, { error: "cannot be empty" }).refine(([root]) => root !== "langgraph", {
  error: 'the root label cannot be "langgraph"',
});

const Key = KeyText.min(1, { error: "cannot be empty" });

export const ItemPut = z.object({
  namespace: Namespace,
  key: Key,
  value: JsonObject,
  index: absentable(z.union([z.literal(false), z.array(z.string())], { error: "must be false or a list of paths" })),
  ttl: absentable(Minutes),
});
export type ItemPut = z.infer<typeof ItemPut>;

/** What names an item. */
export const ItemAddress = z.object({ namespace: Namespace, key: Key });

export const FILTER_OPERATORS = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin"] as const;

/** A condition is a value, or an object of operators alone. */
const Filter = JsonObject.superRefine((filter, context) => {
  for (const [key, wanted] of Object.entries(filter)) {
    if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) continue;
    for (const name of Object.keys(wanted).filter((one) => one.startsWith("$")))
      if (!FILTER_OPERATORS.some((known) => known === name))
        context.addIssue({
          code: "custom",
          path: [key],
          message: `${name} is no operator; ${FILTER_OPERATORS.join(", ")} are`,
        });
  }
});

const PAGE = 1_000;

export const ItemsSearch = z.object({
  namespace_prefix: absentable(Labels).transform((labels) => labels ?? []),
  filter: absentable(Filter),
  query: absentable(z.string()),
  limit: absentable(z.int().min(1).max(PAGE)).transform((limit) => limit ?? 10),
  offset: absentable(z.int().min(0)).transform((offset) => offset ?? 0),
  refresh_ttl: absentable(z.boolean()),
});
export type ItemsSearch = z.infer<typeof ItemsSearch>;

export const NamespacesSearch = z.object({
  prefix: absentable(Labels),
  suffix: absentable(Labels),
  max_depth: absentable(z.int().min(1)),
  limit: absentable(z.int().min(1).max(PAGE)).transform((limit) => limit ?? 100),
  offset: absentable(z.int().min(0)).transform((offset) => offset ?? 0),
});
export type NamespacesSearch = z.infer<typeof NamespacesSearch>;
