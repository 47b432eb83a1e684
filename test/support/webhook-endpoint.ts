/** An endpoint for webhooks: answers as its test says, and keeps what it was sent. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Endpoint {
  url: string;
  bodies: Record<string, unknown>[];
  stop(): void;
}

/** @param statuses of the first answers; the others are 200 */
export async function startEndpoint(statuses: number[] = []): Promise<Endpoint> {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      response.writeHead(statuses[bodies.length] ?? 200).end();
      bodies.push(JSON.parse(body) as Record<string, unknown>);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, bodies, stop: () => server.close() };
}
