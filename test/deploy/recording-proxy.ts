/**
 * Stands between the functions and MiniStack and notes who calls what: the actions that a policy has to allow, by the caller's access key.
 * Must not change a request: it is signed.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordingProxy {
  url: string;
  /** Actions by access key: `dynamodb:PutItem`. A query of an index is `dynamodb:Query by-due`. */
  used: Map<string, Set<string>>;
  stop(): void;
}

const SERVICES: Record<string, string> = {
  DynamoDB_20120810: "dynamodb",
  AmazonSQS: "sqs",
  secretsmanager: "secretsmanager",
  AmazonSSM: "ssm",
};

export async function startProxy(target: { port: number }): Promise<RecordingProxy> {
  const used = new Map<string, Set<string>>();
  const forward = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const key = /Credential=([^/]+)\//.exec(req.headers.authorization ?? "")?.[1];
    if (key !== undefined) {
      const actions = used.get(key) ?? new Set();
      used.set(key, actions);
      for (const action of actionsOf(String(req.headers["x-amz-target"]), body)) actions.add(action);
    }
    const { method, url: path, headers } = req;
    const passed = request({ host: "127.0.0.1", port: target.port, method, path, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    passed.on("error", () => res.destroy());
    passed.end(body);
  };
  const server = createServer((req, res) => void forward(req, res).catch(() => res.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, used, stop: () => void server.close() };
}

interface TransactWrite {
  TransactItems?: Record<string, unknown>[];
  IndexName?: string;
}

/** A transaction asks for the rights of its parts. */
function actionsOf(target: string, body: Buffer): string[] {
  const [prefix = "", operation = ""] = target.split(".");
  const service = SERVICES[prefix];
  if (service === undefined) return [];
  const { TransactItems, IndexName } = JSON.parse(String(body)) as TransactWrite;
  if (operation === "TransactWriteItems")
    return (TransactItems ?? []).flatMap((item) =>
      Object.keys(item).map((part) => `${service}:${PARTS[part] ?? part}`),
    );
  return [`${service}:${operation}${IndexName === undefined ? "" : ` ${IndexName}`}`];
}

const PARTS: Record<string, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};
