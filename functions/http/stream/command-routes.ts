/**
 * Commands to a thread: JSON in, a frame out. What a command gets wrong is a frame with an error and status 200; what is no command is one
 * with status 400 (Agent Server API).
 */
import { readState } from "../../core/checkpoint/read-state.ts";
import type { Ports } from "../../core/ports.ts";
import { answerInterrupts, type AnswerResult } from "../../core/stream/answer-interrupts.ts";
import { lastSeq } from "../../core/stream/last-seq.ts";
import { runTree } from "../../core/stream/run-tree.ts";
import { startRun } from "../../core/stream/start-run.ts";
import { findThread } from "../../core/thread/threads.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";
import { type CommandError, CommandFrame, InputRespond, RunStart, StateGet } from "../../protocol/thread-stream.ts";
import type { User } from "../../core/auth/auth-port.ts";
import type { Gate } from "../access/gate.ts";
import { configurableHeaders } from "../request/configurable-headers.ts";
import { check, readBody } from "../request/read-body.ts";
import { readThreadId } from "../request/read-ids.ts";
import { enterRun } from "../run/enter-run.ts";
import { HttpError } from "../server/http-error.ts";
import { ofProject } from "../server/of-project.ts";
import { json } from "../server/respond.ts";
import type { Asked as HttpAsked, Routes } from "../server/routes.ts";

type Result =
  | { kind: "done"; result: JsonObject; through?: number }
  | { kind: "refused"; error: CommandError; message: string; status?: number };

interface Asked {
  thread_id: string;
  headers: Record<string, string>;
  key_name: string | undefined;
  key: string | undefined;
  command: JsonObject;
  params: JsonObject;
  user?: User;
}

type Command = (ports: Ports, asked: Asked) => Promise<Result>;

const refused = (error: CommandError, message: string, status?: number): Result => ({
  kind: "refused",
  error,
  message,
  ...(status !== undefined && { status }),
});

const notSupported: Command = () => Promise.resolve(refused("not_supported", "This server does not have it."));

const COMMANDS: Record<string, Command> = {
  "run.start": async (ports, asked) => started(await startRun(ports, asked, check(RunStart, asked.params))),
  "input.respond": async (ports, asked) =>
    started(await answerInterrupts(ports, asked, check(InputRespond, asked.params))),
  "state.get": getState,
  "agent.getTree": async (ports, { thread_id }) => {
    const thread = await findThread(ports, thread_id);
    const tree = thread && (await runTree(ports, thread));
    return tree ? { kind: "done", result: { tree } } : refused("no_such_run", "The thread has no run.");
  },
  "state.listCheckpoints": notSupported,
  "state.fork": notSupported,
  "input.inject": notSupported,
  "subscription.subscribe": notSupported,
  "subscription.unsubscribe": notSupported,
  "subscription.reconnect": notSupported,
};

/** The commands that create a run; all others read. */
const CREATING = new Set(["run.start", "input.respond"]);

const CODES: Partial<Record<Exclude<AnswerResult, { kind: "started" }>["kind"], CommandError>> = {
  no_run: "no_such_run",
  no_interrupt: "no_such_interrupt",
  checkpoint_not_found: "no_such_checkpoint",
};

function started(result: AnswerResult): Result {
  if (result.kind === "started") return { kind: "done", result: { run_id: result.run.run_id }, through: result.before };
  const status = result.kind === "assistant_not_found" ? 404 : result.kind === "contended" ? 503 : undefined;
  return refused(CODES[result.kind] ?? "invalid_argument", result.detail, status);
}

async function getState(ports: Ports, { thread_id, params }: Asked): Promise<Result> {
  const { namespace, keys } = check(StateGet, params);
  const checkpoint_ns = namespace.join("|");
  const checkpoint = { checkpoint_ns, checkpoint_id: undefined, checkpoint_map: undefined };
  const state = await readState(ports, thread_id, namespace.length > 0 ? { checkpoint } : {});
  if (!state) return refused("no_such_run", `Thread with ID ${thread_id} not found`, 404);
  const { values, checkpoint: at } = state;
  if (namespace.length > 0 && at.checkpoint_id === null)
    return refused("no_such_namespace", `No graph of the thread has the namespace ${checkpoint_ns}.`);
  const all = isJsonObject(values) ? values : {};
  const shown = keys ? Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key))) : values;
  return { kind: "done", result: { values: shown, checkpoint: { id: at.checkpoint_id, ns: at.checkpoint_ns } } };
}

export const commandRoutes = ({ enter, from, engine }: Gate): Routes => {
  const passedOn = ofProject(engine, ({ configurable_headers }) => configurableHeaders(configurable_headers));
  const enterFor = async (asked: HttpAsked, thread_id: string, { method, params }: CommandFrame) => {
    if (!CREATING.has(method)) {
      const { ports } = await enter(asked, { resource: "threads", action: "read", value: { thread_id } });
      return { ports, params, caller: {} };
    }
    const { assistant_id = null, metadata, ...rest } = params;
    const given = isJsonObject(metadata) ? { metadata } : {};
    const run = { assistant_id, ...rest, ...given, if_not_exists: "create" };
    const { ports, body, caller } = await enterRun(from(asked), thread_id, run);
    return { ports, params: { ...params, ...("metadata" in body && { metadata: body.metadata }) }, caller };
  };

  return {
    "POST /threads/:thread_id/commands": async (asked) => {
      const thread_id = readThreadId(asked);
      const frame = await readBody(asked.req.raw, CommandFrame).catch(asFrame);
      if (frame instanceof Response) return frame;
      const { id, method } = frame;
      const { ports, params, caller } = await enterFor(asked, thread_id, frame);
      const headers = passedOn()(asked.req.raw.headers);
      const result = await answerOf(ports, method, {
        thread_id,
        headers,
        params,
        key_name: asked.env.keyName,
        key: asked.req.header("idempotency-key"),
        command: { method, params },
        ...caller,
      });
      const through = result.kind === "done" ? result.through : undefined;
      const applied_through_seq = through ?? (await lastSeq(ports, thread_id));
      const meta = { thread_id, applied_through_seq };
      if (result.kind === "done") return json({ type: "success", id, result: result.result, meta });
      const { error, message, status } = result;
      return json({ type: "error", id, error, message, meta }, status);
    },
  };
};

async function answerOf(ports: Ports, method: string, asked: Asked): Promise<Result> {
  const command = Object.hasOwn(COMMANDS, method) ? COMMANDS[method] : undefined;
  if (!command) return refused("unknown_command", `Unknown protocol command: ${method}`);
  try {
    return await command(ports, asked);
  } catch (error) {
    if (error instanceof HttpError) return refused("invalid_argument", error.message);
    throw error;
  }
}

/** A body that is no command has no id to answer to. */
function asFrame(error: unknown): Response {
  if (!(error instanceof HttpError)) throw error;
  const frame = { type: "error", id: null, error: "invalid_argument", message: error.message };
  return json(frame, error.status === 422 ? 400 : error.status);
}
