/** The card of an assistant: where it is asked, in which versions, and how callers show who they are. Both versions find their fields. */
import type { Assistant } from "../../protocol/assistant.ts";

const MODES = ["text/plain", "application/json"];
const KEY = { in: "header", name: "x-api-key" };

/** Fields of 0.3 beside the object of 1.0. */
const SCHEMES = {
  key: { type: "apiKey", ...KEY, apiKeySecurityScheme: { location: KEY.in, name: KEY.name } },
  bearer: { type: "http", scheme: "bearer", httpAuthSecurityScheme: { scheme: "Bearer", bearerFormat: "JWT" } },
};
/** `key`; `bearer`: a token of an issuer; undefined = open, or only the project's custom auth knows. */
export type Security = keyof typeof SCHEMES | undefined;

export interface CardSettings {
  /** Where clients ask this server. */
  server: string;
  version: string;
  security: Security;
}

export function agentCard(
  { assistant_id, graph_id, ...assistant }: Assistant,
  { server, version, security }: CardSettings,
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
    ...(security && {
      securitySchemes: { [security]: SCHEMES[security] },
      security: [{ [security]: [] }],
      securityRequirements: [{ schemes: { [security]: { list: [] } } }],
    }),
  };
}
