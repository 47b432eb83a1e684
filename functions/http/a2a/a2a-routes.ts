/** A2A over JSON-RPC: each assistant is an agent. The method's name says which version of the protocol the answer is in. */
import { followTask } from "../../core/a2a/follow-task.ts";
import { findTask, type TaskRun } from "../../core/a2a/find-task.ts";
import { readTask } from "../../core/a2a/read-task.ts";
import { sendMessage } from "../../core/a2a/send-message.ts";
import { findAssistant } from "../../core/assistant/find-assistant.ts";
import { type Cursor, parseCursor } from "../../core/log/cursor.ts";
import type { Ports } from "../../core/ports.ts";
import { cancelRun } from "../../core/run/end/cancel-run.ts";
import { waitRun } from "../../core/run/wait-run.ts";
import { A2A, SendMessage, type Task, TaskParams } from "../../protocol/a2a.ts";
import { eventV1, taskV1 } from "../../protocol/a2a-v1.ts";
import type { User } from "../../core/auth/auth-port.ts";
import type { Assistant } from "../../protocol/assistant.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";
import { RPC, type RpcId } from "../../protocol/json-rpc.ts";
import type { Gate } from "../access/gate.ts";
import type { BodyLimits } from "../edge/open-body.ts";
import { longEvents, resultOf, rpcError, rpcResult } from "../json-rpc/answers.ts";
import { readMessage } from "../json-rpc/read-message.ts";
import { configurableHeaders } from "../request/configurable-headers.ts";
import { check } from "../request/read-body.ts";
import { queryOf } from "../request/read-query.ts";
import { enterRun } from "../run/enter-run.ts";
import { awaitedResponse } from "../run/run-responses.ts";
import { HttpError } from "../server/http-error.ts";
import { ofProject } from "../server/of-project.ts";
import { assistantNotFound } from "../server/outcomes.ts";
import { empty, json } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";
import { agentCard, type Security } from "./agent-card.ts";
import { codeOf } from "./codes.ts";
import { type Method, methodOf, VERSIONS } from "./methods.ts";

export interface A2aSettings {
  /** When a long response is cut. */
  limits: BodyLimits;
  /** The server's. */
  version: string;
  /** How callers show who they are, for cards; asked at each, as the project may be replaced. */
  security: () => Security;
  /** Where clients ask; undefined = where a card was asked for. */
  publicUrl: string | undefined;
}

interface RpcRequest {
  asked: Asked;
  /** Show what the caller may see. */
  ports: Ports;
  /** Of a run that a message makes. */
  made: { metadata?: JsonObject | undefined; user?: User };
  assistant: Assistant;
  id: RpcId;
  params: JsonObject;
  /** 1.0 in place of 0.3. */
  isV1: boolean;
}

type Answer = (request: RpcRequest) => Promise<Response>;

export const a2aRoutes = (gate: Gate, { limits, version, security, publicUrl }: A2aSettings): Routes => {
  const { enter, from, engine } = gate;
  const passedOn = ofProject(engine, ({ configurable_headers }) => configurableHeaders(configurable_headers));
  const watch = ({ asked }: RpcRequest, { run }: TaskRun) => ({
    ref: run,
    limits,
    host: asked.env,
    onClose: () => undefined,
  });
  const shown = ({ isV1 }: RpcRequest, task: Task): object => (isV1 ? taskV1(task) : task);

  /** The task that a request names. @throws Refused if this agent has none of this name */
  const named = async ({ ports, assistant: { assistant_id }, params }: RpcRequest): Promise<TaskRun> => {
    const { id } = check(TaskParams, params);
    const task = await findTask(ports, { task_id: id, assistant_id });
    if (!task) throw new Refused(A2A.taskNotFound, `Task ${id} not found`);
    return task;
  };
  const sent = async (request: RpcRequest) => {
    const { message, configuration } = check(SendMessage, request.params);
    if (configuration?.pushNotificationConfig !== undefined || configuration?.taskPushNotificationConfig !== undefined)
      throw new Refused(A2A.pushNotSupported, "Push notifications are not supported: a run has webhooks");
    const { ports, made, assistant, asked } = request;
    const headers = passedOn()(asked.req.raw.headers);
    const result = await sendMessage(ports, { assistant, message, headers, key_name: asked.env.keyName, ...made });
    if (result.kind !== "sent") throw new Refused(codeOf(result.kind), result.detail);
    return { task: result.task, configuration };
  };
  /** The task as it is when its run has ended. */
  const ended = async (request: RpcRequest, { task_id, run }: TaskRun, length: number | undefined): Promise<object> => {
    const { ports } = request;
    const now = (await ports.runs.get(run)) ?? run;
    return shown(request, await readTask(ports, { task_id, run: now }, length));
  };
  const streamed = (request: RpcRequest, task: TaskRun, cursor: Cursor): Response =>
    longEvents(request.ports, watch(request, task), async function* (signal) {
      const { ports, id, isV1 } = request;
      // Whoever has seen an event has seen the task.
      if (cursor.kind !== "after") {
        const whole = await readTask(ports, task);
        yield { message: resultOf(id, isV1 ? eventV1(whole) : whole) };
      }
      for await (const { id: at, update } of followTask(ports, task, { cursor, signal }))
        yield { ...(at !== undefined && { id: at }), message: resultOf(id, isV1 ? eventV1(update) : update) };
    });

  const answers: Record<Method, Answer> = {
    send: async (request) => {
      const { task, configuration } = await sent(request);
      const { ports, id, isV1 } = request;
      const length = configuration?.historyLength;
      const result = (whole: object): object => (isV1 ? { task: whole } : whole);
      if (configuration?.blocking === false || configuration?.returnImmediately === true)
        return rpcResult(id, result(shown(request, await readTask(ports, task, length))));
      return awaitedResponse(ports, watch(request, task), async (signal) => {
        await waitRun(ports, task.run, signal);
        return resultOf(id, result(await ended(request, task, length)));
      });
    },
    stream: async (request) => streamed(request, (await sent(request)).task, { kind: "start" }),
    get: async (request) => {
      const task = await named(request);
      const { historyLength } = check(TaskParams, request.params);
      return rpcResult(request.id, shown(request, await readTask(request.ports, task, historyLength)));
    },
    cancel: async (request) => {
      const task = await named(request);
      const { ports } = request;
      const cancelled = await cancelRun(ports, task.run, "interrupt");
      if (cancelled !== "requested") throw new Refused(A2A.taskNotCancelable, `Task ${task.task_id} has ended`);
      return awaitedResponse(ports, watch(request, task), async (signal) => {
        await waitRun(ports, task.run, signal);
        return resultOf(request.id, await ended(request, task, undefined));
      });
    },
    resubscribe: async (request) => {
      const lastEventId = request.asked.req.header("last-event-id");
      return streamed(request, await named(request), lastEventId ? parseCursor(lastEventId) : { kind: "start" });
    },
    push: () => Promise.reject(new Refused(A2A.pushNotSupported, "Push notifications are not supported")),
    card: () => Promise.reject(new Refused(A2A.extendedCardNotConfigured, "There is no extended card")),
  };

  /** @throws HttpError 404 for one that the caller does not see */
  const served = async (asked: Asked, assistant_id: string): Promise<{ assistant: Assistant }> => {
    const value = { assistant_id, metadata: {} };
    const { ports } = await enter(asked, { resource: "assistants", action: "read", value });
    const assistant = await findAssistant(ports, assistant_id);
    if (!assistant) throw assistantNotFound();
    return { assistant };
  };
  /** What a method asks custom auth for: a message what a run does. */
  const entered = async (
    asked: Asked,
    name: Method,
    { assistant_id, params }: { assistant_id: string; params: JsonObject },
  ): Promise<Pick<RpcRequest, "ports" | "made">> => {
    if (name === "send" || name === "stream") {
      const { message = null } = params;
      const { contextId = null } = isJsonObject(message) ? message : {};
      const thread_id = typeof contextId === "string" ? contextId : null;
      const run = { assistant_id, metadata: {}, message, if_not_exists: "create" };
      const { ports, body, caller } = await enterRun(from(asked), thread_id, run);
      return { ports, made: { metadata: body.metadata, ...caller } };
    }
    const action = name === "cancel" ? "update" : "read";
    const value = { thread_id: null, run_id: params["id"] };
    const { ports } = await enter(asked, { resource: "threads", action, value });
    return { ports, made: {} };
  };

  const card = async (asked: Asked, assistant_id: string): Promise<Response> => {
    const { assistant } = await served(asked, assistant_id);
    const server = (publicUrl ?? new URL(asked.req.url).origin) + (engine.http().mount_prefix ?? "");
    return json(agentCard(assistant, { server, version, security: security() }));
  };

  return {
    "POST /a2a/:assistant_id": async (asked) => {
      const { assistant } = await served(asked, asked.req.param("assistant_id") ?? "");
      const spoken = asked.req.header("a2a-version") ?? VERSIONS[0];
      if (!VERSIONS.some((known) => spoken === known || spoken.startsWith(`${known}.`)))
        return rpcError(null, { code: A2A.versionNotSupported, message: `A2A-Version ${spoken} is not supported` });
      const message = await readMessage(asked.req.raw);
      if (message instanceof Response) return message;
      const { id, method, params = {} } = message;
      // Notifications and responses: the protocol has none.
      if (id === undefined || method === undefined) return empty(202);
      const known = methodOf(method);
      if (!known) return rpcError(id, { code: RPC.methodNotFound, message: `Method not found: ${method}` });
      const { name, isV1, isLong } = known;
      const { assistant_id } = assistant;
      const { ports, made } = await entered(asked, name, { assistant_id, params });
      const answer = () =>
        answers[name]({ asked, ports, made, assistant, id, params, isV1 }).catch((error: unknown) =>
          refusal(id, error),
        );
      return (isLong && asked.env.hold?.(answer)) || answer();
    },
    "GET /a2a/:assistant_id/.well-known/agent-card.json": (asked) => card(asked, asked.req.param("assistant_id") ?? ""),
    "GET /.well-known/agent-card.json": (asked) => {
      const assistant_id = queryOf(asked).get("assistant_id");
      if (!assistant_id) throw new HttpError(400, "assistant_id: name the assistant whose card is wanted");
      return card(asked, assistant_id);
    },
  };
};

/** A caller's mistake that the protocol has a code for. */
class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

function refusal(id: RpcId, error: unknown): Response {
  if (error instanceof Refused) return rpcError(id, { code: error.code, message: error.message });
  if (error instanceof HttpError) return rpcError(id, { code: RPC.invalidParams, message: error.message });
  throw error;
}
