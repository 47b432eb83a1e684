/** Assistants and their versions: created, changed, deleted, read by uuid or graph id, searched, counted. */
import { OutOfSight } from "../../core/auth/scope.ts";
import { chooseVersion, patchAssistant } from "../../core/assistant/change-assistant.ts";
import { createAssistant } from "../../core/assistant/create-assistant.ts";
import { deleteAssistant } from "../../core/assistant/delete-assistant.ts";
import { findAssistant } from "../../core/assistant/find-assistant.ts";
import { readVersions } from "../../core/assistant/read-versions.ts";
import { countAssistants, searchAssistants } from "../../core/assistant/search-assistants.ts";
import {
  AssistantCreate,
  AssistantLatest,
  AssistantPatch,
  AssistantSearch,
  AssistantVersionsQuery,
} from "../../protocol/assistant.ts";
import { JsonObject } from "../../protocol/json.ts";
import { type Gate, type Pass, withMetadata } from "../access/gate.ts";
import { check, readBody } from "../request/read-body.ts";
import { queryOf, readBoolean, readNumber } from "../request/read-query.ts";
import { assistantNotFound, httpErrorOf, taken } from "../server/outcomes.ts";
import { countedPage } from "../server/page-response.ts";
import { empty, json } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

const idOf = (asked: Asked): string => asked.req.param("assistant_id") ?? "";

export const assistantRoutes = ({ enter }: Gate): Routes => {
  const enterOne = (asked: Asked, action: "read" | "update" | "delete", value: object = {}): Promise<Pass> =>
    enter(asked, { resource: "assistants", action, value: { ...value, assistant_id: idOf(asked) } });
  const enterSearch = async (asked: Asked) => {
    const query = await readBody(asked.req.raw, AssistantSearch);
    const value = { ...query, metadata: query.metadata ?? {} };
    const pass = await enter(asked, { resource: "assistants", action: "search", value });
    return { ports: pass.ports, query: withMetadata(query, pass) };
  };

  return {
    "POST /assistants": async (asked) => {
      const body = await readBody(asked.req.raw, AssistantCreate);
      const value = { ...body, metadata: body.metadata ?? {} };
      const pass = await enter(asked, { resource: "assistants", action: "create", value });
      const { ports } = pass;
      const created = await createAssistant(ports, withMetadata(body, pass)).catch(
        taken(`Assistant ${body.assistant_id}`),
      );
      if (!("assistant" in created)) throw httpErrorOf(created);
      return json(created.assistant);
    },
    "POST /assistants/search": async (asked) => {
      const { ports, query } = await enterSearch(asked);
      const found = await searchAssistants(ports, query);
      if (found.kind !== "found") throw httpErrorOf(found);
      return countedPage(found, query);
    },
    "POST /assistants/count": async (asked) => {
      const { ports, query } = await enterSearch(asked);
      const counted = await countAssistants(ports, query);
      if (counted.kind !== "found") throw httpErrorOf(counted);
      return json(counted.total);
    },
    "GET /assistants/:assistant_id": async (asked) => {
      const { ports } = await enterOne(asked, "read", { metadata: {} });
      const assistant = await findAssistant(ports, idOf(asked));
      if (!assistant) throw assistantNotFound();
      return json(assistant);
    },
    "PATCH /assistants/:assistant_id": async (asked) => {
      const body = await readBody(asked.req.raw, AssistantPatch);
      const pass = await enterOne(asked, "update", { ...body, metadata: body.metadata ?? {} });
      const changed = await patchAssistant(pass.ports, idOf(asked), withMetadata(body, pass)).catch(unseen);
      if (changed.kind !== "changed") throw httpErrorOf(changed);
      return json(changed.assistant);
    },
    "DELETE /assistants/:assistant_id": async (asked) => {
      const threads = readBoolean(queryOf(asked), "delete_threads");
      const deleting = await enterOne(asked, "delete");
      const { ports } = await withCascade(deleting, idOf(asked));
      const deleted = await deleteAssistant(ports, idOf(asked), { threads }).catch(unseen);
      if (deleted.kind !== "deleted") throw httpErrorOf(deleted);
      return empty(204);
    },
    "POST /assistants/:assistant_id/versions": async (asked) => {
      const query = await readBody(asked.req.raw, AssistantVersionsQuery);
      const { ports } = await enterOne(asked, "read", { metadata: query.metadata ?? {} });
      const versions = await readVersions(ports, idOf(asked), query);
      if (!versions) throw assistantNotFound();
      return json(versions);
    },
    "POST /assistants/:assistant_id/latest": async (asked) => {
      const body = await readBody(asked.req.raw, JsonObject);
      const { version } = check(AssistantLatest, { version: body["version"] ?? readNumber(queryOf(asked), "version") });
      const { ports } = await enterOne(asked, "update", { version });
      const changed = await chooseVersion(ports, idOf(asked), version).catch(unseen);
      if (changed.kind !== "changed") throw httpErrorOf(changed);
      return json(changed.assistant);
    },
  };
};

/** What goes with an assistant, as far as it is the caller's. */
async function withCascade(deleting: Pass, assistant_id: string): Promise<Pass> {
  const threads = await deleting.alsoIfAllowed({ resource: "threads", action: "delete", value: { assistant_id } });
  return threads.alsoIfAllowed({ resource: "crons", action: "delete", value: { assistant_id } });
}

/** Whoever may not see an assistant learns nothing of it. */
function unseen(error: unknown): never {
  throw error instanceof OutOfSight ? assistantNotFound() : error;
}
