/** Operations of the API document: assistants. */
import { z } from "zod";
import {
  AssistantCreate,
  AssistantLatest,
  AssistantPatch,
  AssistantSearch,
  AssistantVersionsQuery,
} from "../../protocol/assistant.ts";
import { answersJson, answersNothing, Flag, type Operation, type Operations } from "../openapi/operation.ts";
import { AssistantResource, DrawingResource, SchemasResource } from "../openapi/resources.ts";

const subgraphs: Operation = {
  summary: "The schemas of its subgraphs, by namespace",
  query: z.object({ recurse: Flag }),
  answers: answersJson(z.record(z.string(), SchemasResource)),
};

export const assistantOperations: Operations = {
  "POST /assistants": {
    summary: "Create an assistant",
    body: AssistantCreate,
    example: (graph_id) => ({ graph_id, name: "Mine" }),
    answers: answersJson(AssistantResource),
  },
  "POST /assistants/search": {
    summary: "Search assistants; paging in the headers x-pagination-total and x-pagination-next",
    body: AssistantSearch,
    answers: answersJson(z.array(AssistantResource.partial())),
  },
  "POST /assistants/count": {
    summary: "Count assistants",
    body: AssistantSearch,
    answers: answersJson(z.int()),
  },
  "GET /assistants/:assistant_id": {
    summary: "Get an assistant by its id, or the default one of a graph",
    answers: answersJson(AssistantResource),
  },
  "PATCH /assistants/:assistant_id": {
    summary: "Change an assistant: a new version",
    body: AssistantPatch,
    answers: answersJson(AssistantResource),
  },
  "DELETE /assistants/:assistant_id": {
    summary: "Delete an assistant, and its threads if asked",
    query: z.object({ delete_threads: Flag }),
    answers: answersNothing(),
  },
  "POST /assistants/:assistant_id/versions": {
    summary: "Its versions, the newest first",
    body: AssistantVersionsQuery,
    answers: answersJson(z.array(AssistantResource.omit({ updated_at: true }))),
  },
  "POST /assistants/:assistant_id/latest": {
    summary: "Choose one of its versions",
    query: z.object({ version: z.int().min(1).optional() }),
    body: AssistantLatest.partial(),
    example: () => ({ version: 1 }),
    answers: answersJson(AssistantResource),
  },
  "GET /assistants/:assistant_id/graph": {
    summary: "The drawing of its graph",
    query: z.object({ xray: z.union([z.boolean(), z.int().min(0)]).optional() }),
    answers: answersJson(DrawingResource),
  },
  "GET /assistants/:assistant_id/schemas": {
    summary: "The JSON Schemas of its graph",
    answers: answersJson(SchemasResource),
  },
  "GET /assistants/:assistant_id/subgraphs": subgraphs,
  "GET /assistants/:assistant_id/subgraphs/:namespace": subgraphs,
};
