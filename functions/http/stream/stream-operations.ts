/** Operations of the API document: the thread-centric protocol. */
import { z } from "zod";
import { AnyJson } from "../../protocol/json.ts";
import { COMMAND_ERRORS, CommandFrame, StreamRequest } from "../../protocol/thread-stream.ts";
import { answersEvents, answersJson, type Operations } from "../openapi/operation.ts";
import { creationHeaders } from "../run/run-operations.ts";

const meta = z.object({ thread_id: z.string(), applied_through_seq: z.int() });
const Frame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("success"), id: z.int(), result: AnyJson, meta }),
  z.object({
    type: z.literal("error"),
    id: z.int().nullable(),
    error: z.enum(COMMAND_ERRORS),
    message: z.string(),
    meta: meta.optional(),
  }),
]);

export const streamOperations: Operations = {
  "POST /threads/:thread_id/commands": {
    summary: "Command a thread: run.start, input.respond, state.get, agent.getTree",
    body: CommandFrame,
    headers: creationHeaders,
    example: (assistant_id) => ({
      id: 1,
      method: "run.start",
      params: { assistant_id, input: { messages: [{ role: "user", content: "Hello" }] } },
    }),
    answers: answersJson(Frame, "A frame, also for a command that is refused"),
  },
  "POST /threads/:thread_id/stream/events": {
    summary: "Follow a thread's channels, from its newest run or after `since`",
    body: StreamRequest,
    example: () => ({ channels: ["lifecycle", "messages", "values", "input"] }),
    answers: answersEvents(),
  },
  "GET /threads/:thread_id/stream/events": {
    summary: "Says that there is no WebSocket",
    answers: { 404: { description: "Use POST" } },
  },
};
