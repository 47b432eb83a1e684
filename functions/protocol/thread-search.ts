/** The bodies that search and count threads. Must not know indexes. */
import { z } from "zod";
import { absentable, JsonObject, Uuid } from "./json.ts";
import { THREAD_STATUSES } from "./thread.ts";

/** Fields that `select` may name. `context` is in the JavaScript SDK's type, and no thread has it. */
export const THREAD_FIELDS = [
  "thread_id",
  "created_at",
  "updated_at",
  "state_updated_at",
  "metadata",
  "config",
  "context",
  "error",
  "status",
  "values",
  "interrupts",
] as const;
export type ThreadField = (typeof THREAD_FIELDS)[number];

const SORTS = ["thread_id", "status", "created_at", "updated_at", "state_updated_at"] as const;
export type ThreadSort = (typeof SORTS)[number];

/** Aliases of one search (Agent Server API). */
const EXTRACTS = 10;
/** Ids of one search: as many as a page can show. */
const PAGE = 1_000;

/** `values.messages[-1].content`: a root, then keys and positions; a negative one counts from the end. */
const PATH = /^(values|metadata|config|interrupts)(\.[^.[\]]+|\[-?\d{1,9}\])*$/;

const ExtractPath = z.string().regex(PATH, {
  error: "must begin with values, metadata, config or interrupts, then .key or [position]",
});

/** Paths by alias. A record of zod would leave out an alias named `__proto__`, as in `JsonObject`. */
const Extract = z
  .custom<Record<string, string>>((value) => JsonObject.safeParse(value).success, { error: "must be an object" })
  .superRefine((paths, context) => {
    for (const [alias, path] of Object.entries(paths))
      for (const { message } of ExtractPath.safeParse(path).error?.issues ?? [])
        context.addIssue({ code: "custom", message, path: [alias] });
  })
  .refine((paths) => Object.keys(paths).length <= EXTRACTS, { error: `at most ${EXTRACTS} paths` })
  .meta({ type: "object", additionalProperties: { type: "string", pattern: PATH.source } });

export const ThreadCount = z.object({
  metadata: absentable(JsonObject),
  values: absentable(JsonObject),
  status: absentable(z.enum(THREAD_STATUSES)),
});
export type ThreadCount = z.infer<typeof ThreadCount>;

export const ThreadSearch = ThreadCount.extend({
  ids: absentable(z.array(Uuid).max(PAGE)),
  limit: absentable(z.int().min(1).max(PAGE)).transform((limit) => limit ?? 10),
  offset: absentable(z.int().min(0)).transform((offset) => offset ?? 0),
  sort_by: absentable(z.enum(SORTS)).transform((sort) => sort ?? "updated_at"),
  sort_order: absentable(z.enum(["asc", "desc"])).transform((order) => order ?? "desc"),
  select: absentable(z.array(z.enum(THREAD_FIELDS))),
  extract: absentable(Extract),
});
export type ThreadSearch = z.infer<typeof ThreadSearch>;
