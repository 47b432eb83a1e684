/**
 * MCP over streamable HTTP: assistants as tools. Nothing is kept between two requests: a session is a random name, by which a cancel finds
 * its call and a repeated call its run.
 */
import { type Call, callTool, cancelCall } from "../../core/mcp/call-tool.ts";
import { followCall, waitCall } from "../../core/mcp/follow-call.ts";
import { listTools } from "../../core/mcp/tools.ts";
import type { Watchers } from "../../core/run/watchers.ts";
import { type JsonObject, Uuid } from "../../protocol/json.ts";
import { RPC, type RpcId } from "../../protocol/json-rpc.ts";
import { CallTool, Cancelled, Initialize, ListTools, MCP_VERSIONS } from "../../protocol/mcp.ts";
import type { Gate } from "../access/gate.ts";
import type { BodyLimits } from "../edge/open-body.ts";
import { longEvents, resultOf, rpcError, rpcResult } from "../json-rpc/answers.ts";
import { readMessage } from "../json-rpc/read-message.ts";
import { configurableHeaders } from "../request/configurable-headers.ts";
import { check } from "../request/read-body.ts";
import { enterRun } from "../run/enter-run.ts";
import { awaitedResponse } from "../run/run-responses.ts";
import { HttpError } from "../server/http-error.ts";
import { ofProject } from "../server/of-project.ts";
import { empty } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

export interface McpSettings {
  /** When a long response is cut. */
  limits: BodyLimits;
  /** The server's. */
  version: string;
  /** Of all requests of this process. */
  watchers: Watchers;
}

interface RpcRequest {
  asked: Asked;
  session: string | undefined;
  id: RpcId;
  params: JsonObject;
}

type Method = (request: RpcRequest) => Response | Promise<Response>;

/** Of the SDKs: what HTTP has against a request, before its message is read. */
const BAD_REQUEST = -32_000;

export const mcpRoutes = (gate: Gate, { limits, version, watchers }: McpSettings): Routes => {
  const { enter, from, engine, ids } = gate;
  const passedOn = ofProject(engine, ({ configurable_headers }) => configurableHeaders(configurable_headers));

  const call: Method = async ({ asked, session, id, params }) => {
    const { name, arguments: input, _meta } = check(CallTool, params);
    const headers = passedOn()(asked.req.raw.headers);
    // A tool is an assistant: what its call asks custom auth for is what a run does.
    const { ports, body, caller } = await enterRun(from(asked), null, { assistant_id: name, metadata: {}, input });
    const { metadata } = body;
    const by = { session, id, key_name: asked.env.keyName, ...caller };
    const called = await callTool(ports, { ...by, name, input, headers, metadata });
    if (called.kind !== "called") return rpcError(id, { code: codeOf(called.kind), message: called.detail });
    const { run } = called;
    const watch = { ref: run, limits, host: asked.env, onClose: watchers.enter(run, true) };
    const progressToken = _meta?.progressToken;
    if (progressToken === undefined || !accepts(asked, "text/event-stream"))
      return awaitedResponse(ports, watch, async (signal) => resultOf(id, await waitCall(ports, run, signal)));
    return longEvents(ports, watch, async function* (signal) {
      for await (const event of followCall(ports, run, signal)) {
        if (event.kind === "result") yield { message: resultOf(id, event.result) };
        else yield { message: progressOf(progressToken, event) };
      }
    });
  };

  const cancel = async (asked: Asked, made: Call): Promise<void> => {
    const value = { thread_id: null, action: "interrupt", metadata: {} };
    const { ports, user } = await enter(asked, { resource: "threads", action: "update", value });
    await cancelCall(ports, { ...made, ...(user && { user }) });
  };

  const methods: Record<string, Method> = {
    initialize: ({ id, params }) => {
      const { protocolVersion } = check(Initialize, params);
      const result = {
        protocolVersion: MCP_VERSIONS.find((known) => known === protocolVersion) ?? MCP_VERSIONS[0],
        capabilities: { tools: { listChanged: false } },
        serverInfo: { name: "threadline", version },
      };
      return rpcResult(id, result, { "mcp-session-id": ids.uuid7() });
    },
    ping: ({ id }) => rpcResult(id, {}),
    "tools/list": async ({ asked, id, params }) => {
      const value = { metadata: {}, graph_id: null, limit: null, offset: null };
      const { ports } = await enter(asked, { resource: "assistants", action: "search", value });
      const listed = await listTools(ports, check(ListTools, params).cursor);
      if (listed.kind !== "listed") return rpcError(id, { code: codeOf(listed.kind), message: listed.detail });
      const { tools, next } = listed;
      return rpcResult(id, { tools, ...(next !== undefined && { nextCursor: next }) });
    },
    "tools/call": (request) => request.asked.env.hold?.(async () => call(request)) ?? call(request),
  };

  return {
    "POST /mcp": async (asked) => {
      const refusal = refusalOf(asked);
      if (refusal) return refusal;
      const message = await readMessage(asked.req.raw);
      if (message instanceof Response) return message;
      const { id, method, params = {} } = message;
      const session = Uuid.safeParse(asked.req.header("mcp-session-id")).data;
      if (id === undefined || method === undefined) {
        const cancelled = method === "notifications/cancelled" ? Cancelled.safeParse(params).data : undefined;
        if (cancelled) await cancel(asked, { session, id: cancelled.requestId });
        return empty(202);
      }
      const answer = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (!answer) return rpcError(id, { code: RPC.methodNotFound, message: `Method not found: ${method}` });
      try {
        return await answer({ asked, session, id, params });
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        return rpcError(id, { code: RPC.invalidParams, message: error.message });
      }
    },
  };
};

/** What a client asks for that no answer of this server is. Without a header it is taken to know. */
function refusalOf(asked: Asked): Response | undefined {
  if (!accepts(asked, "application/json") && !accepts(asked, "text/event-stream"))
    return rpcError(null, { code: BAD_REQUEST, message: "Accept: application/json, text/event-stream" }, 406);
  const version = asked.req.header("mcp-protocol-version");
  if (version === undefined || MCP_VERSIONS.some((known) => known === version)) return undefined;
  const message = `MCP-Protocol-Version ${version} is not supported: ${MCP_VERSIONS.join(", ")} are`;
  return rpcError(null, { code: BAD_REQUEST, message }, 400);
}

function accepts(asked: Asked, type: string): boolean {
  const accept = asked.req.header("accept") ?? "*/*";
  const group = `${type.split("/")[0]}/*`;
  return accept
    .split(",")
    .some((part) => [type, group, "*/*"].includes(part.split(";")[0]?.trim().toLowerCase() ?? ""));
}

const progressOf = (progressToken: RpcId, { progress, message }: { progress: number; message: string }) => ({
  jsonrpc: "2.0",
  method: "notifications/progress",
  params: { progressToken, progress, message },
});

/** What the caller can put right is wrong with its parameters. */
const CALLERS = new Set(["no_tool", "bad_cursor", "invalid", "assistant_not_found"]);
const codeOf = (kind: string): number =>
  CALLERS.has(kind) ? RPC.invalidParams : kind === "key_reused" ? RPC.invalidRequest : RPC.internalError;
