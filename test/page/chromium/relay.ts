/** A network between the page and its server that can be taken away, and something in it that answers in the server's place. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Relay extends AsyncDisposable {
  url: string;
  /** All connections are cut, and new ones refused. */
  takeAway(): void;
  /** Connections are cut, and whatever is asked on new ones has this answer. */
  answerWith(status: number): void;
  bringBack(): void;
}

/** @param port of the server */
export async function relayTo(port: number): Promise<Relay> {
  let isAway = false;
  let answer: string | undefined;
  const open = new Set<Socket>();
  const cut = (): void => open.forEach((socket) => socket.destroy());
  const relay = createServer((near) => {
    if (isAway) return near.destroy();
    if (answer !== undefined) return answerOnce(near, answer);
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
    answerWith(status) {
      answer = `HTTP/1.1 ${status} Busy\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
      cut();
    },
    bringBack() {
      isAway = false;
      answer = undefined;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(relay, "close");
      relay.close();
      cut();
      await closed;
    },
  };
}

function answerOnce(socket: Socket, answer: string): void {
  socket.on("error", () => socket.destroy());
  socket.once("data", () => socket.end(answer));
}
