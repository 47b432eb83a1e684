/** A Node server on one port of one or several addresses. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { IDLE_CONNECTION, PORT_TRIES } from "./timings.ts";

export interface NodeServer {
  port: number;
  /** Without a slash at the end. */
  url: string;
  /** Ends the server at once; open streams are aborted, so that their clients come back. */
  close(): Promise<void>;
}

export interface Address {
  /** 0 = any that is free. */
  port: number;
  hostname: string;
  /** Further addresses that are served on the same port, if this machine has them. */
  also?: readonly string[];
}

/** What is spoken on the port. */
export interface Protocol<Answer> {
  scheme: "http" | "https";
  open(answer: Answer): Opened;
}

export interface Opened {
  server: Server;
  /** Those that are open, in use or not. */
  closeConnections: () => void;
}

export const plainHttp: Protocol<RequestListener> = {
  scheme: "http",
  open(answer) {
    const server = createServer({ keepAliveTimeout: IDLE_CONNECTION, noDelay: true }, answer);
    return { server, closeConnections: () => server.closeAllConnections() };
  },
};

/** @throws the error of `listen`, EADDRINUSE among others, also when the port is taken at one of the addresses only */
export async function listen<Answer>(
  answer: Answer,
  address: Address,
  protocol: Protocol<Answer>,
): Promise<NodeServer> {
  const open = (): Opened => protocol.open(answer);
  for (let tries = 1; ; tries++) {
    const first = await listenAt(open(), address.port, address.hostname);
    const servers = [first];
    const { address: host, family, port } = addressOf(first.server);
    const close = (): Promise<unknown> => Promise.all(servers.map(closed));
    try {
      for (const hostname of address.also ?? []) servers.push(...(await listenIfThere(open(), port, hostname)));
    } catch (error) {
      await close();
      // A port that is free at the first address may be taken at another.
      if (address.port === 0 && codeOf(error) === "EADDRINUSE" && tries < PORT_TRIES) continue;
      throw error;
    }
    const name = family === "IPv6" ? `[${host}]` : host;
    return { port, url: `${protocol.scheme}://${name}:${port}`, close: async () => void (await close()) };
  }
}

function listenAt(opened: Opened, port: number, hostname: string): Promise<Opened> {
  const { server } = opened;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve(opened);
    });
  });
}

/** This machine may have no IPv6, or no such address. */
async function listenIfThere(opened: Opened, port: number, hostname: string): Promise<Opened[]> {
  try {
    return [await listenAt(opened, port, hostname)];
  } catch (error) {
    const code = codeOf(error);
    if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") return [];
    throw error;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

const closed = ({ server, closeConnections }: Opened): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    closeConnections();
  });

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return address;
}
