/** HTTP/2 over TLS, and HTTP/1.1 for those who speak that alone: a browser opens any number of streams on one connection. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import type { Protocol } from "./listen.ts";

/** PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

export type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

export const http2 = ({ key, cert }: Certificate): Protocol<(req: AnyRequest, res: AnyResponse) => void> => ({
  scheme: "https",
  open(answer) {
    const sockets = new Set<Socket>();
    const server = createSecureServer({ key, cert, allowHTTP1: true }, answer);
    server.on("connection", (socket: Socket) => {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    return { server, closeConnections: () => sockets.forEach((socket) => void socket.destroy()) };
  },
});
