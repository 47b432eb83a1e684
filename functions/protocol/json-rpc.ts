/** JSON-RPC 2.0, which MCP and A2A speak: one message for each request, never a batch. */
import { z } from "zod";
import { JsonObject } from "./json.ts";

export const RpcId = z.union([z.string(), z.int()]);
export type RpcId = z.infer<typeof RpcId>;

/** What JSON-RPC says of an error; each protocol adds codes of its own. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;

/** A request with `id`, a notification without. A response to a request of ours, which there is none of, has no `method`. */
export const RpcMessage = z.object({
  jsonrpc: z.literal("2.0"),
  id: RpcId.optional(),
  method: z.string().optional(),
  params: JsonObject.optional(),
});
export type RpcMessage = z.infer<typeof RpcMessage>;

export const RpcResponse = z.object({
  jsonrpc: z.literal("2.0"),
  id: RpcId.nullable(),
  result: JsonObject.optional(),
  error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }).optional(),
});
