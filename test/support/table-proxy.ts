/**
 * A proxy in front of DynamoDB with seeded faults: drops and delays requests and answers, delivers late, throttles, fails, reads stale.
 * Must not know who asks.
 */
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Dice } from "../sim/dice.ts";

/** Shares of requests. */
export interface TableFaults {
  /** The connection breaks, and nothing was done. */
  dropped: number;
  /** It breaks, and it was done. */
  unanswered: number;
  /** It breaks, and it is done some seconds later. */
  late: number;
  throttled: number;
  /** 5xx, and nothing was done. */
  failed: number;
  /** The answer takes up to SLOW ms longer. */
  slow: number;
  /** Of eventually consistent reads: answered as up to STALE ms ago, or without the newest item. */
  stale: number;
}

export const CALM: TableFaults = { dropped: 0, unanswered: 0, late: 0, throttled: 0, failed: 0, slow: 0, stale: 0 };
export const STORMY: TableFaults = {
  dropped: 0.01,
  unanswered: 0.01,
  late: 0.003,
  throttled: 0.02,
  failed: 0.01,
  slow: 0.1,
  stale: 0.3,
};

export const rougher = (faults: TableFaults, times: number): TableFaults => ({
  dropped: faults.dropped * times,
  unanswered: faults.unanswered * times,
  late: faults.late * times,
  throttled: faults.throttled * times,
  failed: faults.failed * times,
  slow: faults.slow * times,
  stale: Math.min(1, faults.stale * times),
});

/** ms. */
const SLOW = 300;
const LATE = 6_000;
const STALE = 1_500;

export interface TableProxy {
  url: string;
  /** What requests meet from now on. */
  set(faults: TableFaults): void;
  /** How many met each. */
  met: Record<keyof TableFaults, number>;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  body: Buffer;
}

const READS = new Set(["GetItem", "Query", "BatchGetItem"]);
type Kind = keyof TableFaults;
const ORDER: readonly Kind[] = ["dropped", "unanswered", "late", "throttled", "failed", "slow"];

export async function startTableProxy(endpoint: string, dice: Dice): Promise<TableProxy> {
  const agent = new Agent({ keepAlive: true });
  const past = new Map<string, Answer & { at: number }>();
  const met: TableProxy["met"] = { ...CALM };
  let faults = CALM;
  const stopping = new AbortController();

  const fateOf = (isStale: boolean): Kind | undefined => {
    if (isStale && dice.chance(faults.stale)) return "stale";
    const roll = dice.next();
    let limit = 0;
    return ORDER.find((kind) => roll < (limit += faults[kind]));
  };

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await bytesOf(req);
    const operation = String(req.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const consistent = body.includes('"ConsistentRead":true');
    const fate = fateOf(READS.has(operation) && !consistent);
    if (fate) met[fate]++;
    const send = (): Promise<Answer> => forward(endpoint, agent, req, body);
    switch (fate) {
      case "dropped":
        return void res.destroy();
      case "unanswered":
        await send();
        return void res.destroy();
      case "late":
        res.destroy();
        await pause(dice.between(1_000, LATE), undefined, { signal: stopping.signal });
        return void (await send());
      case "throttled":
        return reply(res, failure(400, "ProvisionedThroughputExceededException"));
      case "failed":
        return reply(res, failure(500, "InternalServerError"));
      case "slow":
        await pause(dice.between(0, SLOW));
        break;
      case "stale":
      case undefined:
    }
    const key = `${operation} ${body.toString("latin1")}`;
    const before = past.get(key);
    const now = await send();
    if (READS.has(operation) && !consistent) past.set(key, { ...now, at: performance.now() });
    if (fate !== "stale") return reply(res, now);
    reply(res, before && performance.now() - before.at < STALE ? before : withoutNewest(now));
  };

  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy())).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (wanted) => void (faults = wanted),
    met,
    async stop() {
      stopping.abort();
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await Promise.resolve();
    },
  };
}

function forward(endpoint: string, agent: Agent, req: IncomingMessage, body: Buffer): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { connection: _, host: __, ...headers } = req.headers;
  const asked = request(
    endpoint,
    { agent, method: req.method ?? "POST", path: req.url ?? "/", headers },
    (response) => {
      bytesOf(response).then((bytes) => resolve({ status: response.statusCode ?? 500, body: bytes }), reject);
    },
  );
  asked.on("error", reject).end(body);
  return promise;
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Without its checksum, which may be that of another body. */
const reply = (res: ServerResponse, { status, body }: Answer): void =>
  void res.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);

const failure = (status: number, type: string): Answer => ({
  status,
  body: Buffer.from(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "injected" })),
});

/** As a replica answers that does not have it yet. A page that was full has more to come, so its end is not the newest. */
function withoutNewest(answer: Answer): Answer {
  const found = JSON.parse(answer.body.toString()) as { Items?: unknown[]; Count?: number; LastEvaluatedKey?: unknown };
  if (!found.Items?.length || found.LastEvaluatedKey !== undefined) return answer;
  const Items = found.Items.slice(0, -1);
  return { ...answer, body: Buffer.from(JSON.stringify({ ...found, Items, Count: Items.length })) };
}
