/**
 * Loopback addresses for servers that check no caller: emulators, and what the functions' processes call. A web page can try every port of
 * 127.0.0.1, but not every address of 127.0.0.0/8.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** @returns 127.0.0.1 where the system has no other (macOS) */
export async function hiddenLoopback(): Promise<string> {
  const [second = 0, third = 0, last = 0] = randomBytes(3);
  const address = `127.${second}.${third}.${1 + (last % 254)}`;
  const server = createServer();
  try {
    await once(server.listen(0, address), "listening");
    return address;
  } catch {
    return "127.0.0.1";
  } finally {
    server.close();
  }
}
