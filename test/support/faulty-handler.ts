/**
 * What AWS does to single requests, in front of the real client: throttling, 5xx before and after the write was applied, lost responses,
 * conflicts, batches done in part, stale reads. The SDK's own repetitions pass through here too. Must not know what is tested.
 */
import type { TestTable } from "./dynamodb.ts";

type Json = Record<string, unknown>;

export interface TableRequest {
  /** From 1, over all calls; repetitions of the SDK have the number of their call. */
  n: number;
  /** From 1: the SDK repeats what failed. */
  attempt: number;
  /** `PutItem` */
  operation: string;
  /** As it goes over the wire. */
  body: Json;
}

/** What becomes of a request whose answer would be `answer()`; repeated calls of `answer` send it again. */
export type Fate = (request: TableRequest, answer: (body?: Json) => Promise<Answer>) => Promise<Answer>;

export interface Answer {
  status: number;
  body: Json;
}

const PREFIX = "com.amazonaws.dynamodb.v20120810#";
const failure = (status: number, type: string, more: Json = {}): Answer => ({
  status,
  body: { __type: PREFIX + type, message: "injected", ...more },
});

class ConnectionLost extends Error {
  override name = "ECONNRESET";
  code = "ECONNRESET";
}

/** 5xx, nothing was done. */
export const failed: Fate = async () => failure(500, "InternalServerError");
/** 5xx, and it was done. */
export const doneAndFailed: Fate = async (_, answer) => {
  await answer();
  return failure(500, "InternalServerError");
};
/** No answer, and it was done. */
export const unanswered: Fate = async (_, answer) => {
  await answer();
  throw new ConnectionLost("socket hang up");
};
export const throttled: Fate = async () => failure(400, "ProvisionedThroughputExceededException");
/** Met the transaction of somebody else. */
export const conflict: Fate = async ({ operation, body }) => {
  if (operation !== "TransactWriteItems") return failure(400, "TransactionConflictException");
  const [, ...others] = body["TransactItems"] as unknown[];
  const CancellationReasons = [{ Code: "TransactionConflict" }, ...others.map(() => ({ Code: "None" }))];
  return failure(400, "TransactionCanceledException", { CancellationReasons });
};
/** Done and unanswered, and its repetition comes when the request token is forgotten: it is judged by its conditions alone. */
export const tokenForgotten: Fate = async ({ body }, answer) => {
  await answer({ ...body, ClientRequestToken: crypto.randomUUID() });
  return answer({ ...body, ClientRequestToken: crypto.randomUUID() });
};

type Batch = Record<string, Json[] | { Keys: Json[] }>;
/** A batch is done to its half, the rest is named as left undone. */
export const doneInPart: Fate = async ({ operation, body }, answer) => {
  const writes = operation === "BatchWriteItem";
  const [table = "", requests = []] = Object.entries(body["RequestItems"] as Batch)[0] ?? [];
  const { Keys: all, ...how } = Array.isArray(requests) ? { Keys: requests } : requests;
  const done = all.slice(0, Math.ceil(all.length / 2));
  const left = all.slice(done.length);
  const asked = (part: Json[]): Json => ({ [table]: writes ? part : { ...how, Keys: part } });
  const { status, body: result } = await answer({ ...body, RequestItems: asked(done) });
  const rest = left.length ? asked(left) : {};
  return { status, body: { ...result, [writes ? "UnprocessedItems" : "UnprocessedKeys"]: rest } };
};

/** An eventually consistent read that does not see these items yet. */
export const blindFor =
  (isUnseen: (item: Json, at: number, count: number) => boolean): Fate =>
  async ({ body }, answer) => {
    const { status, body: result } = await answer();
    if (body["ConsistentRead"] === true || !Array.isArray(result["Items"])) return { status, body: result };
    const Items = (result["Items"] as Json[]).filter((item, at, all) => !isUnseen(item, at, all.length));
    return { status, body: { ...result, Items, Count: Items.length } };
  };

interface HttpRequest {
  headers: Record<string, string>;
  body: Uint8Array | string;
}
interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}
interface Handler {
  handle(request: HttpRequest, options?: object): Promise<{ response: HttpResponse }>;
}

/** Another client of the table, whose requests meet the fate that the plan has for them. */
export function withFaults(table: TestTable, plan: (request: TableRequest) => Fate | undefined): TestTable {
  const client = table.connect();
  const config = client.client.config as unknown as { requestHandler: Handler };
  const handler = config.requestHandler;
  const calls = new Map<string, number>();

  config.requestHandler = Object.assign(Object.create(handler) as Handler, {
    async handle(request: HttpRequest, options?: object): Promise<{ response: HttpResponse }> {
      const id = request.headers["amz-sdk-invocation-id"] ?? "";
      calls.set(id, calls.get(id) ?? calls.size + 1);
      const told: TableRequest = {
        n: calls.get(id) ?? 0,
        attempt: Number(/attempt=(\d+)/.exec(request.headers["amz-sdk-request"] ?? "")?.[1]),
        operation: request.headers["x-amz-target"]?.split(".").at(-1) ?? "",
        body: JSON.parse(Buffer.from(request.body).toString()) as Json,
      };
      const fate = plan(told);
      if (!fate) return handler.handle(request, options);
      const send = async (body: Json = told.body): Promise<Answer> => {
        const text = Buffer.from(JSON.stringify(body));
        const headers = { ...request.headers, "content-length": String(text.length) };
        const { response } = await handler.handle(Object.assign(cloneOf(request), { headers, body: text }), options);
        return { status: response.statusCode, body: await read(response.body) };
      };
      const { status, body } = await fate(told, send);
      const headers = { "content-type": "application/x-amz-json-1.0" };
      return { response: { statusCode: status, headers, body: Buffer.from(JSON.stringify(body)) } };
    },
  });
  return { ...table, client };
}

const cloneOf = (request: HttpRequest): HttpRequest =>
  Object.assign(Object.create(Object.getPrototypeOf(request) as object) as HttpRequest, request);

async function read(body: HttpResponse["body"]): Promise<Json> {
  if (body instanceof Uint8Array) return JSON.parse(Buffer.from(body).toString()) as Json;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as Json;
}
