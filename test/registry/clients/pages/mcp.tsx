/** The stock client of MCP in a page: tools, a call with progress. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

declare const API_URL: string;

async function main(): Promise<string> {
  const transport = new StreamableHTTPClientTransport(new URL(`${API_URL}/mcp`));
  const client = new Client({ name: "page", version: "1.0.0" });
  // Its type of a transport has no `undefined` for a session that is not there yet.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  const { tools } = await client.listTools();
  const told: string[] = [];
  const result = await client.callTool({ name: "agent", arguments: { topic: "x" } }, undefined, {
    onprogress: ({ message = "" }) => void told.push(message),
  });
  return JSON.stringify({
    isTool: tools.some(({ name }) => name === "agent"),
    hasSession: transport.sessionId !== undefined,
    told,
    joke: (result.structuredContent as { joke?: string }).joke,
  });
}

main().then(
  (text) => (document.body.textContent = text),
  (error: unknown) => (document.body.textContent = String(error)),
);
