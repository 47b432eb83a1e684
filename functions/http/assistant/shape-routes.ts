/** The drawing, schemas and subgraphs of an assistant's graph. */
import { findAssistant } from "../../core/assistant/find-assistant.ts";
import { readSchemas, readSubgraphs } from "../../core/assistant/read-shape.ts";
import type { Assistant } from "../../protocol/assistant.ts";
import type { Gate, Pass } from "../access/gate.ts";
import { queryOf, readBoolean, readDepth } from "../request/read-query.ts";
import { assistantNotFound } from "../server/outcomes.ts";
import { json } from "../server/respond.ts";
import type { Asked, Handler, Routes } from "../server/routes.ts";

export const shapeRoutes = ({ enter }: Gate): Routes => {
  const found = async (asked: Asked): Promise<{ ports: Pass["ports"]; assistant: Assistant }> => {
    const assistant_id = asked.req.param("assistant_id") ?? "";
    const value = { assistant_id, metadata: {} };
    const { ports } = await enter(asked, { resource: "assistants", action: "read", value });
    const assistant = await findAssistant(ports, assistant_id);
    if (!assistant) throw assistantNotFound();
    return { ports, assistant };
  };
  const subgraphs: Handler = async (asked) => {
    const recurse = readBoolean(queryOf(asked), "recurse");
    const namespace = asked.req.param("namespace");
    const { ports, assistant } = await found(asked);
    return json(await readSubgraphs(ports, assistant, { recurse, ...(namespace !== undefined && { namespace }) }));
  };
  return {
    "GET /assistants/:assistant_id/graph": async (asked) => {
      const xray = readDepth(queryOf(asked), "xray");
      const { ports, assistant } = await found(asked);
      return json(await ports.engine.draw(assistant, xray));
    },
    "GET /assistants/:assistant_id/schemas": async (asked) => {
      const { ports, assistant } = await found(asked);
      return json(await readSchemas(ports, assistant));
    },
    "GET /assistants/:assistant_id/subgraphs": subgraphs,
    "GET /assistants/:assistant_id/subgraphs/:namespace": subgraphs,
  };
};
