/** Assistants and their versions: created, changed, deleted, read by uuid or graph id, searched, counted. */
import { chooseVersion, patchAssistant } from "../../core/assistant/change-assistant.ts";
import { createAssistant } from "../../core/assistant/create-assistant.ts";
import { deleteAssistant } from "../../core/assistant/delete-assistant.ts";
import { findAssistant } from "../../core/assistant/find-assistant.ts";
import { readVersions } from "../../core/assistant/read-versions.ts";
import { countAssistants, searchAssistants } from "../../core/assistant/search-assistants.ts";
import type { Ports } from "../../core/ports.ts";
import {
  AssistantCreate,
  AssistantLatest,
  AssistantPatch,
  AssistantSearch,
  AssistantVersionsQuery,
} from "../../protocol/assistant.ts";
import { JsonObject } from "../../protocol/json.ts";
import { check, readBody } from "../request/read-body.ts";
import { queryOf, readBoolean, readNumber } from "../request/read-query.ts";
import { assistantNotFound, httpErrorOf } from "../server/outcomes.ts";
import { empty, json } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

const idOf = (asked: Asked): string => asked.req.param("assistant_id") ?? "";

export const assistantRoutes = (ports: Ports): Routes => ({
  "POST /assistants": async (asked) => {
    const created = await createAssistant(ports, await readBody(asked.req.raw, AssistantCreate));
    if (!("assistant" in created)) throw httpErrorOf(created);
    return json(created.assistant);
  },
  "POST /assistants/search": async (asked) => {
    const query = await readBody(asked.req.raw, AssistantSearch);
    const found = await searchAssistants(ports, query);
    if (found.kind !== "found") throw httpErrorOf(found);
    const { page, total } = found;
    const next = query.offset + query.limit;
    const headers = { "x-pagination-total": String(total), ...(next < total && { "x-pagination-next": String(next) }) };
    const { select } = query;
    const shown = select ? page.map((one) => Object.fromEntries(select.map((field) => [field, one[field]]))) : page;
    return json(shown, 200, headers);
  },
  "POST /assistants/count": async (asked) => {
    const counted = await countAssistants(ports, await readBody(asked.req.raw, AssistantSearch));
    if (counted.kind !== "found") throw httpErrorOf(counted);
    return json(counted.total);
  },
  "GET /assistants/:assistant_id": async (asked) => {
    const assistant = await findAssistant(ports, idOf(asked));
    if (!assistant) throw assistantNotFound();
    return json(assistant);
  },
  "PATCH /assistants/:assistant_id": async (asked) => {
    const changed = await patchAssistant(ports, idOf(asked), await readBody(asked.req.raw, AssistantPatch));
    if (changed.kind !== "changed") throw httpErrorOf(changed);
    return json(changed.assistant);
  },
  "DELETE /assistants/:assistant_id": async (asked) => {
    const threads = readBoolean(queryOf(asked), "delete_threads");
    const deleted = await deleteAssistant(ports, idOf(asked), { threads });
    if (deleted.kind !== "deleted") throw httpErrorOf(deleted);
    return empty(204);
  },
  "POST /assistants/:assistant_id/versions": async (asked) => {
    const query = await readBody(asked.req.raw, AssistantVersionsQuery);
    const versions = await readVersions(ports, idOf(asked), query);
    if (!versions) throw assistantNotFound();
    return json(versions);
  },
  "POST /assistants/:assistant_id/latest": async (asked) => {
    const body = await readBody(asked.req.raw, JsonObject);
    const { version } = check(AssistantLatest, { version: body["version"] ?? readNumber(queryOf(asked), "version") });
    const changed = await chooseVersion(ports, idOf(asked), version);
    if (changed.kind !== "changed") throw httpErrorOf(changed);
    return json(changed.assistant);
  },
});
