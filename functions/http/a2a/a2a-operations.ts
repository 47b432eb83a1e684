/** Operations of the API document: A2A. */
import { z } from "zod";
import { AnyJson } from "../../protocol/json.ts";
import { RpcMessage, RpcResponse } from "../../protocol/json-rpc.ts";
import { answersJson, type Operations } from "../openapi/operation.ts";

const message = { role: "user", messageId: "1", parts: [{ kind: "text", text: "Hello" }] };

export const a2aOperations: Operations = {
  "POST /a2a/:assistant_id": {
    summary: "Agent2Agent: message/send, message/stream, tasks/get, tasks/cancel, tasks/resubscribe; those of 1.0, too",
    headers: z.object({ "a2a-version": z.string().optional(), "last-event-id": z.string().optional() }),
    body: RpcMessage,
    example: () => ({ jsonrpc: "2.0", id: 1, method: "message/send", params: { message } }),
    answers: {
      200: {
        description: "The answer; of a stream server-sent events, each an answer",
        content: { "application/json": RpcResponse, "text/event-stream": z.string() },
      },
    },
  },
  "GET /a2a/:assistant_id/.well-known/agent-card.json": {
    summary: "The card of an assistant as an agent",
    answers: answersJson(AnyJson),
  },
  "GET /.well-known/agent-card.json": {
    summary: "The same card",
    query: z.object({ assistant_id: z.string() }),
    answers: answersJson(AnyJson),
  },
};
