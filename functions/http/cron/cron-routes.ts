/** `/runs/crons`: crons on a thread and stateless. */
import { deleteCron, patchCron } from "../../core/cron/change-cron.ts";
import { createCron } from "../../core/cron/create-cron.ts";
import { countCrons, readCron, searchCrons } from "../../core/cron/search-crons.ts";
import { madeWith } from "../../core/thread/reserved-metadata.ts";
import { CronCreate, CronFilter, CronPatch, CronSearch } from "../../protocol/cron.ts";
import { isJsonObject, JsonObject } from "../../protocol/json.ts";
import { type Gate, type Pass, withMetadata } from "../access/gate.ts";
import { check, readBody } from "../request/read-body.ts";
import { enterRun } from "../run/enter-run.ts";
import { readCronId, readThreadId } from "../request/read-ids.ts";
import { HttpError } from "../server/http-error.ts";
import { httpErrorOf } from "../server/outcomes.ts";
import { countedPage } from "../server/page-response.ts";
import { empty, json } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

const cronNotFound = (): HttpError => new HttpError(404, "Cron not found");

export const cronRoutes = ({ enter }: Gate): Routes => {
  const enterOne = (asked: Asked, action: "read" | "update" | "delete", value: object = {}): Promise<Pass> =>
    enter(asked, { resource: "crons", action, value: { ...value, cron_id: readCronId(asked) } });
  const enterSearch = async <Query extends CronFilter>(asked: Asked, query: Query) => {
    const value = { ...query, metadata: query.metadata ?? {} };
    const pass = await enter(asked, { resource: "crons", action: "search", value });
    const { assistant_id } = query;
    const { ports } = await pass.also({
      resource: "assistants",
      action: "read",
      value: { assistant_id, metadata: {} },
    });
    return { ports, query: withMetadata(query, pass) };
  };
  /** Its runs are those of the caller: on the caller's threads, of assistants that the caller may read. */
  const create = async (asked: Asked, thread_id: string | null): Promise<Response> => {
    const body = await readBody(asked.req.raw, CronCreate);
    const { schedule, end_time, assistant_id, metadata = {}, ...payload } = body;
    const value = { cron_id: null, thread_id, schedule, end_time, assistant_id, metadata, payload };
    const pass = await enter(asked, { resource: "crons", action: "create", value });
    const { ports, body: own, caller } = await enterRun(pass, thread_id, withMetadata(body, pass));
    const made = { ...own, metadata: ofKey(asked, own.metadata ?? {}) };
    const result = await createCron(ports, thread_id, made, caller.user);
    if (result.kind !== "created") throw httpErrorOf(result);
    return json(result.cron);
  };

  return {
    "POST /runs/crons": (asked) => create(asked, null),
    "POST /threads/:thread_id/runs/crons": (asked) => create(asked, readThreadId(asked)),
    "POST /runs/crons/search": async (asked) => {
      const { ports, query } = await enterSearch(asked, await readBody(asked.req.raw, CronSearch));
      const found = await searchCrons(ports, query);
      if (found.kind !== "found") throw httpErrorOf(found);
      return countedPage(found, query);
    },
    "POST /runs/crons/count": async (asked) => {
      const { ports, query } = await enterSearch(asked, await readBody(asked.req.raw, CronFilter));
      const counted = await countCrons(ports, query);
      if (counted.kind !== "found") throw httpErrorOf(counted);
      return json(counted.total);
    },
    "GET /runs/crons/:cron_id": async (asked) => {
      const { ports } = await enterOne(asked, "read");
      const cron = await readCron(ports, readCronId(asked));
      if (!cron) throw cronNotFound();
      return json(cron);
    },
    "PATCH /runs/crons/:cron_id": async (asked) => {
      const cron_id = readCronId(asked);
      const given = await readBody(asked.req.raw, JsonObject);
      const { metadata } = given;
      const body = isJsonObject(metadata) ? { ...given, metadata: ofKey(asked, metadata) } : given;
      const patch = check(CronPatch, { ...body, payload: named(body) });
      const { payload } = patch;
      const pass = await enterOne(asked, "update", { ...patch, metadata: payload.metadata ?? {} });
      const result = await patchCron(pass.ports, cron_id, {
        ...patch,
        payload: payload.metadata ? withMetadata(payload, pass) : payload,
      });
      if (result.kind === "not_found") throw cronNotFound();
      if (result.kind === "invalid") throw httpErrorOf(result);
      return json(result.cron);
    },
    "DELETE /runs/crons/:cron_id": async (asked) => {
      const { ports } = await enterOne(asked, "delete");
      if ((await deleteCron(ports, readCronId(asked))) === "not_found") throw cronNotFound();
      return empty(204);
    },
  };
};

/** Runs of a cron have the metadata of its payload: the name of the key that gave it, too. */
const ofKey = (asked: Asked, metadata: JsonObject): JsonObject => ({ ...metadata, ...madeWith(asked.env.keyName) });

/** What the body names: fields of a run that have a default keep what the cron has for them. */
const named = (body: JsonObject): object =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
