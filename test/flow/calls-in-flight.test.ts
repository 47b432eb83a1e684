/** A cancel stops what the graph waits for: a call that is under way to a model, above all. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post } from "../support/sse.ts";

let server: TestServer;
let model: Server;
beforeAll(async () => {
  // Answers never.
  model = createServer(() => undefined).listen(0, "127.0.0.1");
  [server] = await Promise.all([
    startServer({ config: "test/fixtures/calls/langgraph.json" }),
    once(model, "listening"),
  ]);
});
afterAll(async () => {
  await server.stop();
  model.closeAllConnections();
  model.close();
});

test.each(["interrupt", "rollback"])(
  "a call under way to a model that never answers is stopped by %s",
  async (action) => {
    const { thread_id } = await json(post(`${server.url}/threads`, {}));
    const thread = `${server.url}/threads/${String(thread_id)}`;
    const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}`;
    const arriving = once(model, "request") as Promise<[IncomingMessage]>;
    const { run_id } = await json(post(`${thread}/runs`, { assistant_id: "calls", input: { url } }));
    const [request] = await arriving;
    const stopped = once(request.socket, "close");

    const response = await post(`${thread}/runs/${String(run_id)}/cancel?wait=1&action=${action}`, {});
    await Promise.all([stopped, response.text()]);

    expect(response.status).toBe(200);
    const run = await fetch(`${thread}/runs/${String(run_id)}`);
    const { status = run.status } = await json(Promise.resolve(run));
    expect(status).toBe(action === "interrupt" ? "interrupted" : 404);
  },
);
