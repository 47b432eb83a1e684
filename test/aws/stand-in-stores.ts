/** Secrets Manager and Parameter Store on loopback, as far as they are asked: their JSON protocol, from two maps. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Stores {
  endpoint: string;
  /** Versions by stage. */
  secrets: Record<string, Record<string, string>>;
  parameters: Record<string, string>;
  /** What every call is refused with, if set. */
  denied?: string;
  /** Operations that were asked for. */
  asked: string[];
  stop(): void;
}

interface Asked {
  Names?: string[];
  WithDecryption?: boolean;
  SecretId?: string;
  VersionStage?: string;
}

export async function startStores(): Promise<Stores> {
  const stores: Omit<Stores, "endpoint" | "stop"> = { secrets: {}, parameters: {}, asked: [] };
  const answer = (operation: string, body: Asked): unknown => {
    stores.asked.push(operation);
    if (operation === "GetParameters")
      return {
        Parameters: (body.Names ?? []).flatMap((Name) => {
          const Value = stores.parameters[Name];
          return Value === undefined || body.WithDecryption !== true ? [] : [{ Name, Value }];
        }),
      };
    const SecretString = stores.secrets[body.SecretId ?? ""]?.[body.VersionStage ?? "AWSCURRENT"];
    return SecretString === undefined ? undefined : { SecretString };
  };
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const operation = String(req.headers["x-amz-target"]).split(".")[1] ?? "";
    const found = answer(operation, JSON.parse(Buffer.concat(chunks).toString()) as Asked);
    if (stores.denied !== undefined)
      return void res.writeHead(400).end(JSON.stringify({ __type: "AccessDeniedException", message: stores.denied }));
    res.writeHead(found === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    res.end(JSON.stringify(found ?? { __type: "ResourceNotFoundException", message: "there is no such secret" }));
  };
  const server = createServer((req, res) => void serve(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(stores, { endpoint: `http://127.0.0.1:${port}`, stop: () => void server.close() });
}
