/** Operations of the API document: components for generative UI. */
import { z } from "zod";
import { UiRequest } from "../../protocol/ui.ts";
import type { Operations } from "../openapi/operation.ts";

export const uiOperations: Operations = {
  "POST /ui/:assistant_id": {
    summary: "Markup that loads a component of the project (ui of langgraph.json)",
    body: UiRequest,
    example: () => ({ name: "weather" }),
    answers: { 200: { description: "Done", content: { "text/html": z.string() } } },
  },
  "GET /ui/:assistant_id/:file": {
    summary: "The script or the styles of the project's components",
    answers: {
      200: { description: "Done", content: { "text/javascript": z.string(), "text/css": z.string() } },
    },
  },
};
