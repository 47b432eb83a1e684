/** The card of an assistant: where it is asked, in which versions, and with which key. Readers of 0.3 and of 1.0 find their fields. */
import type { Assistant } from "../../protocol/assistant.ts";

const MODES = ["text/plain", "application/json"];
const KEY = { in: "header", name: "x-api-key" };

export interface CardSettings {
  /** Where clients ask this server. */
  server: string;
  version: string;
  keyed: boolean;
}

export function agentCard(
  { assistant_id, graph_id, ...assistant }: Assistant,
  { server, version, keyed }: CardSettings,
) {
  const url = `${server}/a2a/${assistant_id}`;
  const name = assistant.name;
  const description = assistant.description ?? `The graph "${graph_id}".`;
  const skill = { id: graph_id, name, description, tags: ["langgraph"], inputModes: MODES, outputModes: MODES };
  return {
    protocolVersion: "0.3.0",
    name,
    description,
    url,
    preferredTransport: "JSONRPC",
    supportedInterfaces: ["1.0", "0.3"].map((protocolVersion) => ({
      url,
      protocolBinding: "JSONRPC",
      protocolVersion,
    })),
    version: `${version}-${assistant.version}`,
    capabilities: { streaming: true, pushNotifications: false },
    defaultInputModes: MODES,
    defaultOutputModes: MODES,
    skills: [skill],
    ...(keyed && {
      securitySchemes: { key: { type: "apiKey", ...KEY, apiKeySecurityScheme: { location: KEY.in, name: KEY.name } } },
      security: [{ key: [] }],
      securityRequirements: [{ schemes: { key: { list: [] } } }],
    }),
  };
}
