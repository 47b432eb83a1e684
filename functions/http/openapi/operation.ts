/** A route as the API document describes it: query, headers, body, and the answers by status. Must not be needed to serve a route. */
import { z } from "zod";

export interface Answer {
  description: string;
  /** By content type; absent = no body. */
  content?: Record<string, z.ZodType>;
}

export interface Operation {
  summary: string;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodType;
  /** A body to begin with; `graph_id` is one of the project's graphs. */
  example?: (graph_id: string) => unknown;
  answers: Record<number, Answer>;
}

/** By route, as in the route tables: `"GET /threads/:thread_id"`. */
export type Operations = Record<string, Operation>;

export const answersJson = (schema: z.ZodType, description = "Done"): Record<number, Answer> => ({
  200: { description, content: { "application/json": schema } },
});

export const answersNothing = (description = "Done"): Record<number, Answer> => ({ 204: { description } });

/** A result that takes as long as its run. */
export const answersResult = (schema: z.ZodType): Record<number, Answer> =>
  answersJson(schema, "JSON after the end of the run; before it a newline every 5 seconds");

export const answersEvents = (): Record<number, Answer> => ({
  200: {
    description: "Server-sent events: event, data (JSON) and id; a comment every 5 seconds",
    content: { "text/event-stream": z.string() },
  },
});

export const Flag = z.boolean().optional();
