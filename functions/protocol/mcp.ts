/** The Model Context Protocol, of which tools are served (modelcontextprotocol.io, 2025-11-25). */
import { z } from "zod";
import { absentable, JsonObject } from "./json.ts";
import { RpcId } from "./json-rpc.ts";

/** Newest first. What they differ in is not used here, but for batches, which older clients may send and none does. */
export const MCP_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;

export const Initialize = z.object({ protocolVersion: z.string() });

export const ListTools = z.object({ cursor: absentable(z.string()) });

export const CallTool = z.object({
  name: z.string(),
  arguments: absentable(JsonObject).transform((given) => given ?? {}),
  _meta: absentable(z.object({ progressToken: absentable(RpcId) })),
});

export const Cancelled = z.object({ requestId: RpcId });

export interface Tool {
  /** 1 to 64 of `A-Z a-z 0-9 _ -`: what all clients and models accept. */
  name: string;
  title: string;
  description: string;
  inputSchema: JsonObject;
}

export interface ToolResult {
  content: { type: "text"; text: string }[];
  structuredContent?: JsonObject;
  isError?: true;
}
