/** Runs: created on a thread or without one, listed, read, joined, cancelled. Long responses are in run-responses.ts. */
import { z } from "zod";
import { findJoin } from "../../core/log/join-cursor.ts";
import type { Ports } from "../../core/ports.ts";
import type { CreateResult } from "../../core/run/create/create-result.ts";
import { createRun } from "../../core/run/create/create-run.ts";
import { createBatch } from "../../core/run/create/create-batch.ts";
import { cancelRun } from "../../core/run/end/cancel-run.ts";
import { cancelRuns } from "../../core/run/end/cancel-runs.ts";
import { deleteRun } from "../../core/run/end/delete-run.ts";
import { findRun, getRun, listRuns, runResource } from "../../core/run/read-runs.ts";
import type { RunRef, RunRow } from "../../core/run/run-row.ts";
import { BATCH_RUNS } from "../../core/run/timings.ts";
import { waitRun } from "../../core/run/wait-run.ts";
import type { Watchers } from "../../core/run/watchers.ts";
import type { Json } from "../../protocol/json.ts";
import { type Run, RUN_STATUSES, runBatch, RunCreate, RunsCancel, StreamMode } from "../../protocol/run.ts";
import type { BodyLimits } from "../edge/open-body.ts";
import type { Gate, Pass } from "../access/gate.ts";
import { configurableHeaders } from "../request/configurable-headers.ts";
import { check, readBody } from "../request/read-body.ts";
import { readRunId, readThreadId } from "../request/read-ids.ts";
import { PageLimit, queryOf, readBoolean, readList, readNumber } from "../request/read-query.ts";
import { ofProject } from "../server/of-project.ts";
import { httpErrorOf, runNotFound, threadNotFound } from "../server/outcomes.ts";
import { empty, json } from "../server/respond.ts";
import type { Asked, Handler, Routes } from "../server/routes.ts";
import { enterRun } from "./enter-run.ts";
import { createdLocation } from "./run-location.ts";
import { resultResponse, streamResponse } from "./run-responses.ts";

type Created = Extract<CreateResult, { kind: "created" }>;

const RUN_FIELDS = [
  "run_id",
  "thread_id",
  "assistant_id",
  "created_at",
  "updated_at",
  "status",
  "metadata",
  "kwargs",
  "multitask_strategy",
] as const;

/** What the SDKs may ask for and no run here has. */
const ABSENT = { langsmith_session_name: null, cancel_reason: null };
const SELECTABLE = [...RUN_FIELDS, "langsmith_session_name", "cancel_reason"] as const;

const ListQuery = z.object({
  limit: PageLimit.default(10),
  offset: z.int().min(0).default(0),
  status: z.enum(RUN_STATUSES).optional(),
  select: z.array(z.enum(SELECTABLE)),
});
const RunBatch = runBatch(BATCH_RUNS);
const JoinQuery = z.object({ stream_mode: z.array(StreamMode) });
const CancelAction = z.object({ action: z.enum(["interrupt", "rollback"]).default("interrupt") });

const refOf = (asked: Asked): RunRef => ({ thread_id: readThreadId(asked), run_id: readRunId(asked) });

const onThread = (asked: Asked): string => readThreadId(asked);
const stateless = (): null => null;

export interface RunSettings {
  /** When a long response is cut. */
  limits: BodyLimits;
  /** Of all requests of this process. */
  watchers: Watchers;
}

export const runRoutes = (gate: Gate, { limits, watchers }: RunSettings): Routes => {
  const { enter, from } = gate;
  /** One run of a thread. Whoever may make its thread's runs end asks to change the thread. */
  const enterRunOf = (asked: Asked, { thread_id, run_id }: RunRef, cancel: boolean): Promise<Pass> =>
    cancel
      ? enter(asked, {
          resource: "threads",
          action: "update",
          value: { thread_id, action: "interrupt", metadata: { run_ids: [run_id] } },
        })
      : enter(asked, { resource: "threads", action: "read", value: { thread_id, run_id } });
  const passedOn = ofProject(gate.engine, ({ configurable_headers }) => configurableHeaders(configurable_headers));
  const watch = (asked: Asked, ref: RunRef, cancel: boolean) => ({
    ref,
    limits,
    host: asked.env,
    onClose: watchers.enter(ref, cancel),
  });

  /** All checks are done here, before a stream begins (Agent Server API). */
  const create = async (
    asked: Asked,
    thread_id: string | null,
    waited: boolean,
  ): Promise<{ created: Created; body: RunCreate; ports: Ports }> => {
    const entered = await enterRun(from(asked), thread_id, await readBody(asked.req.raw, RunCreate));
    const { ports, body, caller } = entered;
    const key = asked.req.header("idempotency-key");
    const abandoned = asked.env.disconnected === undefined ? ("unseen" as const) : watchers.abandoned;
    const headers = passedOn()(asked.req.raw.headers);
    const { keyName: key_name } = asked.env;
    const request = { thread_id, body, key, abandoned, waited, headers, key_name, ...caller };
    const created = await createRun(ports, request);
    if (created.kind !== "created") throw httpErrorOf(created);
    return { created, body, ports };
  };
  const creating =
    (
      answer: (asked: Asked, made: Awaited<ReturnType<typeof create>>) => Response | Promise<Response>,
      { waited } = { waited: true },
    ) =>
    (threadOf: (asked: Asked) => string | null): Handler =>
    async (asked) =>
      answer(asked, await create(asked, threadOf(asked), waited));

  const background = creating(
    async (_, { created: { run }, ports }) => json(await shown(ports, run), 200, createdLocation(run)),
    { waited: false },
  );
  const streamed = creating((asked, { created: { run, first }, body, ports }) =>
    streamResponse(ports, {
      ...watch(asked, run, body.on_disconnect === "cancel"),
      cursor: { kind: "start" },
      filter: { modes: [], namespaces: queryOf(asked).getAll("namespace") },
      first: first && run.log_start !== undefined ? { slot: run.log_start, event: first } : undefined,
    }),
  );
  const waited = creating((asked, { created: { run }, body, ports }) =>
    resultResponse(ports, watch(asked, run, body.on_disconnect === "cancel"), (signal) => waitRun(ports, run, signal)),
  );

  const join = async (asked: Asked, ref: RunRef): Promise<Response> => {
    const query = queryOf(asked);
    const { stream_mode: modes } = check(JoinQuery, { stream_mode: readList(query, "stream_mode") });
    const cancel = readBoolean(query, "cancel_on_disconnect");
    const { ports } = await enterRunOf(asked, ref, cancel);
    const cursor = await findJoin(ports, ref, {
      lastEventId: asked.req.header("last-event-id"),
      after: query.get("after"),
    });
    if (!cursor) throw runNotFound();
    const filter = { modes, namespaces: query.getAll("namespace") };
    return streamResponse(ports, { ...watch(asked, ref, cancel), cursor, filter });
  };

  return {
    "POST /threads/:thread_id/runs": background(onThread),
    "POST /threads/:thread_id/runs/stream": streamed(onThread),
    "POST /threads/:thread_id/runs/wait": waited(onThread),
    "POST /runs": background(stateless),
    "POST /runs/stream": streamed(stateless),
    "POST /runs/wait": waited(stateless),

    "POST /runs/batch": async (asked) => {
      const bodies = await readBody(asked.req.raw, RunBatch);
      const key = asked.req.header("idempotency-key");
      const entered = await Promise.all(bodies.map((body) => enterRun(from(asked), null, body)));
      const own = entered.map(({ body }) => body);
      const [first] = entered;
      if (!first) throw runNotFound();
      const { ports, caller } = first;
      const headers = passedOn()(asked.req.raw.headers);
      const created = await createBatch(ports, own, { key, headers, key_name: asked.env.keyName, ...caller });
      if (created.kind !== "created") throw httpErrorOf(created);
      return json(await Promise.all(created.runs.map((run) => shown(ports, run))));
    },
    "POST /runs/cancel": async (asked) => {
      const selection = await readBody(asked.req.raw, RunsCancel);
      const { action } = check(CancelAction, { action: queryOf(asked).get("action") ?? undefined });
      const value =
        "run_ids" in selection
          ? { thread_id: selection.thread_id, action, metadata: { run_ids: selection.run_ids } }
          : { thread_id: null, action, metadata: { status: selection.status } };
      const { ports } = await enter(asked, { resource: "threads", action: "update", value });
      if ((await cancelRuns(ports, selection, action)) === "not_found") throw runNotFound();
      return empty(204);
    },
    "GET /threads/:thread_id/runs": async (asked) => {
      const thread_id = readThreadId(asked);
      const query = queryOf(asked);
      const { select, status, ...page } = check(ListQuery, {
        limit: readNumber(query, "limit"),
        offset: readNumber(query, "offset"),
        status: query.get("status") ?? undefined,
        select: readList(query, "select"),
      });
      const value = { thread_id, metadata: {}, status, ...page };
      const { ports } = await enter(asked, { resource: "threads", action: "search", value });
      const runs = await listRuns(ports, thread_id, { ...page, ...(status && { status }) });
      if (!runs) throw threadNotFound(thread_id);
      if (!select.length) return json(runs);
      return json(
        runs.map((run) => {
          const whole = { ...ABSENT, ...run };
          return Object.fromEntries(select.map((field) => [field, whole[field]]));
        }),
      );
    },
    "GET /threads/:thread_id/runs/:run_id": async (asked) => {
      const ref = refOf(asked);
      const { ports } = await enterRunOf(asked, ref, false);
      const run = await getRun(ports, ref);
      if (!run) throw runNotFound();
      return json(run);
    },
    "DELETE /threads/:thread_id/runs/:run_id": async (asked) => {
      const ref = refOf(asked);
      const { ports } = await enter(asked, { resource: "threads", action: "delete", value: { ...ref } });
      const deleted = await deleteRun(ports, ref);
      if (deleted.kind !== "deleted") throw httpErrorOf(deleted);
      return empty(204);
    },
    "GET /threads/:thread_id/runs/:run_id/stream": (asked) => join(asked, refOf(asked)),
    "GET /runs/:run_id/stream": async (asked) => {
      const run_id = readRunId(asked);
      const { ports } = await enter(asked, { resource: "threads", action: "read", value: { run_id } });
      const thread_id = await ports.runs.threadOf(run_id);
      if (thread_id === undefined) throw runNotFound();
      return join(asked, { thread_id, run_id });
    },
    "GET /threads/:thread_id/runs/:run_id/join": async (asked) => {
      const ref = refOf(asked);
      const cancel = readBoolean(queryOf(asked), "cancel_on_disconnect");
      const { ports } = await enterRunOf(asked, ref, cancel);
      if (!(await findRun(ports, ref))) throw runNotFound();
      return resultResponse(ports, watch(asked, ref, cancel), (signal) => waitRun(ports, ref, signal));
    },
    "POST /threads/:thread_id/runs/:run_id/cancel": async (asked) => {
      const ref = refOf(asked);
      const wait = readBoolean(queryOf(asked), "wait");
      const { action } = check(CancelAction, { action: queryOf(asked).get("action") ?? undefined });
      const value = { thread_id: ref.thread_id, action, metadata: { run_ids: [ref.run_id] } };
      const { ports } = await enter(asked, { resource: "threads", action: "update", value });
      if ((await cancelRun(ports, ref, action)) === "not_found") throw runNotFound();
      if (!wait) return empty(202);
      return resultResponse(ports, watch(asked, ref, false), (signal) =>
        waitRun(ports, ref, signal).then((): Json => ({})),
      );
    },
  };
};

/** Must not answer 5xx for a run that exists: its kwargs can be read again, but a retried POST would create another run. */
async function shown(ports: Ports, row: RunRow): Promise<Run> {
  try {
    return await runResource(ports, row);
  } catch (error) {
    ports.logger.warn("kwargs not readable yet", { run_id: row.run_id, error: String(error) });
    return runResource({ inputs: { ...ports.inputs, get: async () => undefined } }, row);
  }
}
