/** The drawing, schemas and subgraphs of an assistant's graph. */
import { findAssistant } from "../../core/assistant/find-assistant.ts";
import { readSchemas, readSubgraphs } from "../../core/assistant/read-shape.ts";
import type { Ports } from "../../core/ports.ts";
import type { Assistant } from "../../protocol/assistant.ts";
import { queryOf, readBoolean, readDepth } from "../request/read-query.ts";
import { assistantNotFound } from "../server/outcomes.ts";
import { json } from "../server/respond.ts";
import type { Asked, Handler, Routes } from "../server/routes.ts";

export const shapeRoutes = (ports: Pick<Ports, "engine" | "assistants" | "clock" | "logger">): Routes => {
  const found = async (asked: Asked): Promise<Assistant> => {
    const assistant = await findAssistant(ports, asked.req.param("assistant_id") ?? "");
    if (!assistant) throw assistantNotFound();
    return assistant;
  };
  const subgraphs: Handler = async (asked) => {
    const recurse = readBoolean(queryOf(asked), "recurse");
    const namespace = asked.req.param("namespace");
    return json(
      await readSubgraphs(ports, await found(asked), { recurse, ...(namespace !== undefined && { namespace }) }),
    );
  };
  return {
    "GET /assistants/:assistant_id/graph": async (asked) => {
      const xray = readDepth(queryOf(asked), "xray");
      return json(await ports.engine.draw(await found(asked), xray));
    },
    "GET /assistants/:assistant_id/schemas": async (asked) => json(await readSchemas(ports, await found(asked))),
    "GET /assistants/:assistant_id/subgraphs": subgraphs,
    "GET /assistants/:assistant_id/subgraphs/:namespace": subgraphs,
  };
};
