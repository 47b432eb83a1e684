/** The Assistant resource. */
import { z } from "zod";
import { absentable, JsonObject, KeyText, StoredText, Uuid } from "./json.ts";
import { RunConfig, Settings } from "./run.ts";

export interface Assistant {
  assistant_id: string;
  graph_id: string;
  name: string;
  description: string | null;
  version: number;
  config: JsonObject;
  context: JsonObject;
  metadata: JsonObject;
  created_at: string;
  updated_at: string;
}

const ASSISTANT_FIELDS = [
  "assistant_id",
  "graph_id",
  "name",
  "description",
  "version",
  "config",
  "context",
  "metadata",
  "created_at",
  "updated_at",
] as const;

/** Characters; the listing has the names of all assistants. */
const Name = KeyText.max(256);
const Description = StoredText.max(4_096);

/** Body of POST /assistants (Agent Server API). Unknown fields are ignored. */
export const AssistantCreate = z.object({
  graph_id: z.string(),
  assistant_id: absentable(Uuid),
  config: absentable(RunConfig),
  context: absentable(Settings),
  metadata: absentable(JsonObject),
  if_exists: absentable(z.enum(["raise", "do_nothing"])).transform((choice) => choice ?? "raise"),
  name: absentable(Name),
  description: absentable(Description),
});
export type AssistantCreate = z.infer<typeof AssistantCreate>;

/** Body of PATCH /assistants/{id}: whatever it has, it makes a new version. */
export const AssistantPatch = z.object({
  graph_id: absentable(z.string()),
  config: absentable(RunConfig),
  context: absentable(Settings),
  metadata: absentable(JsonObject),
  name: absentable(Name),
  description: absentable(Description),
});
export type AssistantPatch = z.infer<typeof AssistantPatch>;

const Page = z.object({
  limit: absentable(z.int().min(1).max(1000)).transform((limit) => limit ?? 10),
  offset: absentable(z.int().min(0)).transform((offset) => offset ?? 0),
});

/** Body of POST /assistants/{id}/versions. */
export const AssistantVersionsQuery = Page.extend({ metadata: absentable(JsonObject) });
export type AssistantVersionsQuery = z.infer<typeof AssistantVersionsQuery>;

/** Body or query of POST /assistants/{id}/latest. */
export const AssistantLatest = z.object({ version: z.int().min(1) });

export const AssistantSearch = Page.extend({
  metadata: absentable(JsonObject),
  graph_id: absentable(z.string()),
  name: absentable(z.string()),
  sort_by: absentable(z.enum(["assistant_id", "created_at", "updated_at", "name", "graph_id"])),
  sort_order: absentable(z.enum(["asc", "desc"])),
  select: absentable(z.array(z.enum(ASSISTANT_FIELDS))),
});
export type AssistantSearch = z.infer<typeof AssistantSearch>;
