/** Threads, their state and history. */
import { readHistory, readState } from "../../core/checkpoint/read-state.ts";
import { selectState } from "../../core/checkpoint/select-state.ts";
import { createThread } from "../../core/thread/create-thread.ts";
import { updateState } from "../../core/checkpoint/update-state.ts";
import { deleteThread } from "../../core/thread/delete-thread.ts";
import { copyThread } from "../../core/thread/copy-thread.ts";
import { pruneThreads } from "../../core/thread/prune-threads.ts";
import { findThread, getThread, patchThread, threadResource } from "../../core/thread/threads.ts";
import { StateUpdateBody, ThreadCreation } from "../../protocol/state-update.ts";
import {
  CheckpointSelector,
  HistoryBody,
  StateAtCheckpoint,
  type StateField,
  StateSelect,
  ThreadInclude,
  ThreadPatch,
  ThreadPrune,
} from "../../protocol/thread.ts";
import { type Gate, type Pass, withMetadata } from "../access/gate.ts";
import { check, readBody } from "../request/read-body.ts";
import { readThreadId } from "../request/read-ids.ts";
import { PageLimit, queryOf, readBoolean, readList, readNumber } from "../request/read-query.ts";
import { httpErrorOf, runNotEnded, taken, threadNotFound } from "../server/outcomes.ts";
import { empty, json } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

const HistoryPage = HistoryBody.extend({ limit: PageLimit.default(1) });

interface StateRead {
  checkpoint?: CheckpointSelector;
  subgraphs: boolean;
  select: StateField[] | undefined;
}

/** `subgraphs` and `select` of a query. */
function readShown(asked: Asked): Omit<StateRead, "checkpoint"> {
  const query = queryOf(asked);
  return { subgraphs: readBoolean(query, "subgraphs"), ...check(StateSelect, { select: readList(query, "select") }) };
}

export const threadRoutes = ({ enter }: Gate): Routes => {
  /** One thread of the path. */
  const enterThread = (asked: Asked, action: "read" | "update" | "delete", value: object = {}): Promise<Pass> =>
    enter(asked, { resource: "threads", action, value: { thread_id: readThreadId(asked), ...value } });
  const state = async (asked: Asked, { select, ...query }: StateRead) => {
    const thread_id = readThreadId(asked);
    const { ports } = await enterThread(asked, "read");
    const found = await readState(ports, thread_id, query);
    if (!found) throw threadNotFound(thread_id);
    return json(selectState(found, select));
  };
  const history = async (asked: Asked, { select, ...query }: HistoryBody) => {
    const thread_id = readThreadId(asked);
    const { ports } = await enterThread(asked, "read");
    const found = await readHistory(ports, thread_id, query);
    if (!found) throw threadNotFound(thread_id);
    return json(found.map((one) => selectState(one, select)));
  };

  return {
    "POST /threads": async (asked) => {
      const body = await readBody(asked.req.raw, ThreadCreation);
      const { thread_id, metadata = {}, if_exists, ttl } = body;
      const value = { thread_id, metadata, if_exists, ttl };
      const pass = await enter(asked, { resource: "threads", action: "create", value });
      const { ports } = pass;
      const result = await createThread(ports, withMetadata(body, pass)).catch(taken(`Thread with ID ${thread_id}`));
      if (!("row" in result)) throw httpErrorOf(result);
      return json(await threadResource(ports, result.row));
    },
    "GET /threads/:thread_id": async (asked) => {
      const thread_id = readThreadId(asked);
      const { include } = check(ThreadInclude, { include: readList(queryOf(asked), "include") });
      const { ports } = await enterThread(asked, "read");
      const withTtl = include.includes("ttl");
      const thread = await getThread(ports, thread_id, { withTtl });
      if (!thread) throw threadNotFound(thread_id);
      return json(thread);
    },
    "PATCH /threads/:thread_id": async (asked) => {
      const thread_id = readThreadId(asked);
      const body = await readBody(asked.req.raw, ThreadPatch);
      const pass = await enterThread(asked, "update", { metadata: body.metadata ?? {} });
      const { ports } = pass;
      const result = await patchThread(ports, thread_id, withMetadata(body, pass));
      if (result.kind === "not_found") throw threadNotFound(thread_id);
      if (result.kind !== "patched") throw httpErrorOf(result);
      if (asked.req.header("prefer")?.includes("return=minimal")) return empty(204);
      return json(await threadResource(ports, result.row));
    },
    "POST /threads/prune": async (asked) => {
      const body = await readBody(asked.req.raw, ThreadPrune);
      const { ports } = await enter(asked, { resource: "threads", action: "delete", value: { ...body } });
      const pruned_count = await pruneThreads(ports, body);
      return json({ pruned_count });
    },
    "POST /threads/:thread_id/copy": async (asked) => {
      const thread_id = readThreadId(asked);
      const reading = await enterThread(asked, "read");
      const { ports } = reading;
      const source = await findThread(ports, thread_id);
      if (!source) throw threadNotFound(thread_id);
      const { metadata } = source;
      const made = await reading.also({ resource: "threads", action: "create", value: { thread_id: null, metadata } });
      const copy = await copyThread(ports, thread_id, withMetadata({ metadata }, made));
      if (!copy) throw threadNotFound(thread_id);
      return json(await threadResource(ports, copy));
    },
    "GET /threads/:thread_id/storage": async (asked) => {
      const thread_id = readThreadId(asked);
      const { ports } = await enterThread(asked, "read");
      if (!(await findThread(ports, thread_id))) throw threadNotFound(thread_id);
      return json({ thread_id, ...(await ports.checkpoints.measure(thread_id)) });
    },
    "DELETE /threads/:thread_id": async (asked) => {
      const thread_id = readThreadId(asked);
      const { ports } = await enterThread(asked, "delete");
      const result = await deleteThread(ports, thread_id);
      if (result === "not_found") throw threadNotFound(thread_id);
      if (result === "not_ended") throw runNotEnded(thread_id);
      return empty(204);
    },
    "GET /threads/:thread_id/state": (asked) => state(asked, readShown(asked)),
    "GET /threads/:thread_id/state/:checkpoint_id": (asked) => {
      const checkpoint = check(CheckpointSelector, { checkpoint_id: asked.req.param("checkpoint_id") });
      return state(asked, { checkpoint, ...readShown(asked) });
    },
    "POST /threads/:thread_id/state/checkpoint": async (asked) => {
      const { subgraphs = false, ...rest } = await readBody(asked.req.raw, StateAtCheckpoint);
      return state(asked, { ...rest, subgraphs });
    },
    "POST /threads/:thread_id/state": async (asked) => {
      const thread_id = readThreadId(asked);
      const body = await readBody(asked.req.raw, StateUpdateBody);
      const { ports } = await enterThread(asked, "update", { metadata: {} });
      const result = await updateState(ports, thread_id, body);
      if (result.kind === "not_found") throw threadNotFound(thread_id);
      if (result.kind !== "updated") throw httpErrorOf(result);
      // The SDKs' types name it differently (Agent Server API).
      const { checkpoint } = result;
      return json({ checkpoint, configurable: checkpoint, checkpoint_id: checkpoint.checkpoint_id });
    },
    "GET /threads/:thread_id/history": (asked) => {
      const query = queryOf(asked);
      const select = readList(query, "select");
      const page = { limit: readNumber(query, "limit"), before: query.get("before"), select };
      return history(asked, check(HistoryPage, page));
    },
    "POST /threads/:thread_id/history": async (asked) => history(asked, await readBody(asked.req.raw, HistoryBody)),
  };
};
