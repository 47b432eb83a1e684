/** Answers of JSON-RPC: a result or an error at once, or messages as server-sent events until a run has ended. */
import type { Ports } from "../../core/ports.ts";
import type { RpcId } from "../../protocol/json-rpc.ts";
import { openBody } from "../edge/open-body.ts";
import { LIVE, type Watch, watchedBody } from "../run/run-responses.ts";
import { json } from "../server/respond.ts";
import { frames, KEEP_ALIVE_COMMENT, type StreamedEvent } from "../server/sse.ts";

export interface RpcError {
  code: number;
  message: string;
}

export const resultOf = (id: RpcId, result: object) => ({ jsonrpc: "2.0", id, result });
export const errorOf = (id: RpcId | null, { code, message }: RpcError) => ({
  jsonrpc: "2.0",
  id,
  error: { code, message },
});

/** Status 200, for JSON-RPC has codes of its own; another one for what is no message. */
export const rpcError = (id: RpcId | null, error: RpcError, status = 200): Response => json(errorOf(id, error), status);
export const rpcResult = (id: RpcId, result: object, headers: Record<string, string> = {}): Response =>
  json(resultOf(id, result), 200, headers);

/** Messages as server-sent events. */
export function longEvents(
  ports: Ports,
  watch: Watch,
  messages: (signal: AbortSignal) => AsyncGenerator<{ id?: string; message: object }>,
): Response {
  const body = openBody({
    ...watchedBody(ports, watch),
    filler: KEEP_ALIVE_COMMENT,
    async *source(signal) {
      for await (const { id, message } of messages(signal)) yield frames([frameOf(message, id)]);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream", ...LIVE } });
}

const frameOf = (message: object, id: string | undefined): StreamedEvent => ({
  ...(id !== undefined && { id }),
  event: "message",
  data: JSON.stringify(message),
});
