/** A TCP proxy that resets connections in the middle of an answer, the way a phone or a load balancer does. Must not understand HTTP. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";

export interface CutProxy {
  url: string;
  /** Connections that were cut so far. */
  cuts(): number;
  stop(): Promise<void>;
}

/**
 * @param upstream base URL of the server
 * @param plan bytes of answer after which the n-th event stream (from 0) is reset; undefined = never
 */
export async function startCutProxy(upstream: string, plan: (n: number) => number | undefined): Promise<CutProxy> {
  const target = new URL(upstream);
  let streams = 0;
  let cuts = 0;
  const server = createServer((client) => {
    const up = connect(Number(target.port), target.hostname);
    let left: number | undefined;
    up.on("data", (chunk) => {
      if (chunk.includes("text/event-stream")) left = plan(streams++);
      if (left === undefined) return void client.write(chunk);
      client.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      cuts++;
      client.resetAndDestroy();
      up.destroy();
    });
    client.on("data", (chunk) => up.write(chunk));
    for (const [one, other] of [
      [client, up],
      [up, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cuts: () => cuts,
    stop: async () => {
      server.close();
      await Promise.resolve();
    },
  };
}
