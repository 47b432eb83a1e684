/** Operations of the API document: MCP. */
import { z } from "zod";
import { RpcMessage, RpcResponse } from "../../protocol/json-rpc.ts";
import type { Operations } from "../openapi/operation.ts";

export const mcpOperations: Operations = {
  "POST /mcp": {
    summary: "Model Context Protocol: assistants as tools (streamable HTTP)",
    headers: z.object({ "mcp-session-id": z.string().optional(), "mcp-protocol-version": z.string().optional() }),
    body: RpcMessage,
    example: () => ({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    answers: {
      200: {
        description: "The answer; with a progress token server-sent events, of which the last is the answer",
        content: { "application/json": RpcResponse, "text/event-stream": z.string() },
      },
      202: { description: "A notification was taken" },
    },
  },
};
