/** Finds a free port of loopback, for programs that need a number. Another program may take it before it is used. */
import { once } from "node:events";
import { createServer } from "node:net";

/** @returns whether nobody listens there now */
export async function isFree(port: number, address = "127.0.0.1"): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, address), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** @returns one that was free a moment ago, at this address of loopback */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const bound = server.address();
  server.close();
  await once(server, "close");
  if (bound === null || typeof bound === "string") throw new Error("A TCP server has no port.");
  return bound.port;
}
