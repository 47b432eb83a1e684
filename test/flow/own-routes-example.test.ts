/** examples/own-routes as its README says it: a signed webhook becomes a run; what nobody has signed changes nothing. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

const CONFIG = "examples/own-routes/langgraph.json";
const SECRET = "a-secret-that-the-shop-has-too";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: CONFIG, env: { SHOP_SECRET: SECRET } });
});
afterAll(() => server.stop());

/** By the README's own line. */
function signed(body: string): string {
  const line = /^signature=.*$/m.exec(readFileSync("examples/own-routes/README.md", "utf8"))?.[0] ?? "";
  return execFileSync("bash", ["-c", `${line}; printf %s "$signature"`], {
    env: { ...process.env, body },
    encoding: "utf8",
  });
}
const report = (body: string, signature: string): Promise<Response> =>
  fetch(`${server.url}/webhooks/shop`, { method: "POST", headers: { "x-signature": signature }, body });
const orderOf = (order_id: string, name: string, cents: number): string =>
  JSON.stringify({ order_id, lines: [{ name, cents }] });

test("what the shop has signed becomes a run, whose state the API has", async () => {
  const [client, order_id] = [new Client({ apiUrl: server.url }), randomUUID()];
  for (const body of [orderOf(order_id, "tea", 450), orderOf(order_id, "milk", 125)]) {
    const response = await report(body, signed(body));
    const { run_id } = (await response.json()) as { run_id: string };
    await client.runs.join(order_id, run_id);

    expect([response.status, response.headers.get("x-content-type-options")]).toEqual([202, "nosniff"]);
  }

  expect(await client.threads.getState(order_id)).toMatchObject({ values: { summary: "tea, milk: 5.75" } });
});

test.each([
  ["none", ""],
  ["no hex", "x".repeat(64)],
  ["of another text", signed("{}")],
])("a signature that is %s is refused, and no thread is made", async (_, signature) => {
  const order_id = randomUUID();

  expect((await report(orderOf(order_id, "tea", 450), signature)).status).toBe(401);
  await expect(new Client({ apiUrl: server.url }).threads.get(order_id)).rejects.toThrow("404");
});

test("its middleware is around the API, too", async () => {
  expect((await fetch(`${server.url}/ok`)).headers.get("x-content-type-options")).toBe("nosniff");
});
