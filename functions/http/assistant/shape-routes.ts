/** What an assistant's graph is made of: its drawing, schemas and subgraphs. Must not run a graph. */
import { findAssistant } from "../../core/assistant/assistants.ts";
import { readSchemas, readSubgraphs } from "../../core/assistant/read-shape.ts";
import type { Ports } from "../../core/ports.ts";
import type { Assistant } from "../../protocol/assistant.ts";
import { queryOf, readBoolean, readDepth } from "../request/read-query.ts";
import { assistantNotFound } from "../server/outcomes.ts";
import { json } from "../server/respond.ts";
import type { Asked, Handler, Routes } from "../server/routes.ts";

export const shapeRoutes = (ports: Pick<Ports, "engine" | "clock" | "logger">): Routes => {
  const found = (asked: Asked): Assistant => {
    const assistant = findAssistant(ports.engine, asked.req.param("assistant_id") ?? "");
    if (!assistant) throw assistantNotFound();
    return assistant;
  };
  const subgraphs: Handler = async (asked) => {
    const recurse = readBoolean(queryOf(asked), "recurse");
    const namespace = asked.req.param("namespace");
    return json(await readSubgraphs(ports, found(asked), { recurse, ...(namespace !== undefined && { namespace }) }));
  };
  return {
    "GET /assistants/:assistant_id/graph": async (asked) => {
      const xray = readDepth(queryOf(asked), "xray");
      return json(await ports.engine.draw(found(asked), xray));
    },
    "GET /assistants/:assistant_id/schemas": async (asked) => json(await readSchemas(ports, found(asked))),
    "GET /assistants/:assistant_id/subgraphs": subgraphs,
    "GET /assistants/:assistant_id/subgraphs/:namespace": subgraphs,
  };
};
