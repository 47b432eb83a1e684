/** The webhook of a shop, beside the API: what it has signed becomes a run on the order's thread. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { Hono } from "hono";

interface Order {
  /** A UUID: it is the thread's, too. */
  order_id: string;
  lines: { name: string; cents: number }[];
}

const secret = process.env["SHOP_SECRET"];
// Thrown here, it closes the server: nothing that anybody could sign is taken.
if (!secret) throw new Error("SHOP_SECRET is not set");

export const app = new Hono();

/** Around the API, too. */
app.use(async (context, next) => {
  await next();
  context.header("x-content-type-options", "nosniff");
});

app.post("/webhooks/shop", async ({ req, json }) => {
  const text = await req.text();
  if (!isSigned(text, req.header("x-signature"))) return json({ detail: "The signature does not fit." }, 401);
  const { order_id, lines } = JSON.parse(text) as Order;
  const { run_id } = await new Client().runs.create(order_id, "orders", { input: { lines }, ifNotExists: "create" });
  return json({ run_id }, 202);
});

function isSigned(text: string, signature = ""): boolean {
  const expected = createHmac("sha256", secret ?? "")
    .update(text)
    .digest();
  const shown = Buffer.from(signature, "hex");
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}
