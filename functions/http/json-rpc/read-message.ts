/** Reads a body as one JSON-RPC message. What is none is an answer with a code of JSON-RPC and status 400. */
import { AnyJson, isJsonObject } from "../../protocol/json.ts";
import { RPC, RpcId, RpcMessage } from "../../protocol/json-rpc.ts";
import { readBody } from "../request/read-body.ts";
import { problemOf } from "../request/validation.ts";
import { HttpError } from "../server/http-error.ts";
import { rpcError } from "./answers.ts";

export async function readMessage(request: Request): Promise<RpcMessage | Response> {
  const body = await readBody(request, AnyJson).catch(asRefusal);
  if (body instanceof Response) return body;
  const parsed = RpcMessage.safeParse(body);
  if (parsed.success) return parsed.data;
  const id = RpcId.safeParse(isJsonObject(body) ? body["id"] : undefined);
  const message = Array.isArray(body) ? "Batches are not served: send one message" : problemOf(parsed.error.issues);
  return rpcError(id.success ? id.data : null, { code: RPC.invalidRequest, message }, 400);
}

/** Too large a body, or one of another type, keeps its status. */
function asRefusal(error: unknown): Response {
  if (!(error instanceof HttpError)) throw error;
  const { status, message } = error;
  if (status !== 422) return rpcError(null, { code: RPC.invalidRequest, message }, status);
  return rpcError(null, { code: RPC.parseError, message }, 400);
}
