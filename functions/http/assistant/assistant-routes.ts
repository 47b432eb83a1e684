/** Assistants: read by uuid or graph id, searched, counted. */
import { findAssistant, searchAssistants } from "../../core/assistant/assistants.ts";
import type { Ports } from "../../core/ports.ts";
import { AssistantSearch } from "../../protocol/assistant.ts";
import { readBody } from "../request/read-body.ts";
import { assistantNotFound } from "../server/outcomes.ts";
import { json } from "../server/respond.ts";
import type { Routes } from "../server/routes.ts";

export const assistantRoutes = ({ engine }: Pick<Ports, "engine">): Routes => ({
  "POST /assistants/search": async (asked) => {
    const query = await readBody(asked.req.raw, AssistantSearch);
    const { page, total } = searchAssistants(engine, query);
    const next = query.offset + query.limit;
    const headers = { "x-pagination-total": String(total), ...(next < total && { "x-pagination-next": String(next) }) };
    const { select } = query;
    if (!select) return json(page, 200, headers);
    return json(
      page.map((one) => Object.fromEntries(select.map((field) => [field, one[field]]))),
      200,
      headers,
    );
  },
  "POST /assistants/count": async (asked) => {
    const query = await readBody(asked.req.raw, AssistantSearch);
    return json(searchAssistants(engine, query).total);
  },
  "GET /assistants/:assistant_id": (asked) => {
    const assistant = findAssistant(engine, asked.req.param("assistant_id") ?? "");
    if (!assistant) throw assistantNotFound();
    return json(assistant);
  },
});
