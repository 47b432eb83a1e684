/** A network between the page and its server that can be taken away: all connections are cut, and new ones refused. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Relay extends AsyncDisposable {
  url: string;
  takeAway(): void;
  bringBack(): void;
}

/** @param port of the server */
export async function relayTo(port: number): Promise<Relay> {
  let isAway = false;
  const open = new Set<Socket>();
  const cut = (): void => open.forEach((socket) => socket.destroy());
  const relay = createServer((near) => {
    if (isAway) return near.destroy();
    const far = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy()).on("close", () => (open.delete(one), other.destroy()));
      one.pipe(other);
    }
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    takeAway() {
      isAway = true;
      cut();
    },
    bringBack: () => void (isAway = false),
    async [Symbol.asyncDispose]() {
      const closed = once(relay, "close");
      relay.close();
      cut();
      await closed;
    },
  };
}
