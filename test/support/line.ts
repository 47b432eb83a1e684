/** A way to a server that can be cut and led elsewhere, as a phone's or a load balancer's. Must not understand HTTP. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Line {
  url: string;
  /** Resets all connections, and each that is tried from now on. */
  cut(): void;
  /** Takes connections again. */
  mend(): void;
  /** Connections that were tried while it was cut. */
  refused(): number;
  /** Where connections lead from now on; those that are open stay. */
  leadTo(upstream: string): void;
  close(): void;
}

/** @param upstream base URL of the server */
export async function openLine(upstream: string): Promise<Line> {
  let target = new URL(upstream);
  let isCut = false;
  let refused = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    // Whoever is gone says so by the other's end.
    client.on("error", () => undefined);
    if (isCut) {
      refused++;
      client.resetAndDestroy();
      return;
    }
    const up = connect(Number(target.port), target.hostname);
    sockets.add(client);
    up.on("error", () => client.resetAndDestroy());
    up.on("close", () => client.destroy());
    client.on("close", () => {
      sockets.delete(client);
      up.destroy();
    });
    client.pipe(up).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cutAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      cutAll();
    },
    mend: () => void (isCut = false),
    refused: () => refused,
    leadTo: (next) => void (target = new URL(next)),
    close() {
      server.close();
      cutAll();
    },
  };
}
