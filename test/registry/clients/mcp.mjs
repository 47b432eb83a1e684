/** The stock client of MCP. Prints a line for each check; ends with 1 if one has failed. */
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { openGate, url } from "./steps.mjs";

async function check(title, run) {
  try {
    await run();
    console.log(`ok MCP: ${title}`);
  } catch (error) {
    console.log(`FAIL MCP: ${title}: ${error.stack ?? error}`);
    process.exitCode = 1;
  }
}

const client = new Client({ name: "test", version: "1.0.0" });
/** The last call as it was sent: sent again, it says how its run has ended. */
let sent;
const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
  fetch(address, init) {
    if (init?.body?.includes('"tools/call"')) sent = { ...init, signal: undefined };
    return fetch(address, init);
  },
});

await check("it connects, and agrees on the newest protocol", async () => {
  await client.connect(transport);
  assert.equal(client.getServerVersion().name, "threadline");
  assert.equal(transport.protocolVersion, "2025-11-25");
  await client.ping();
});

await check("assistants are tools that it accepts", async () => {
  const { tools } = await client.listTools();
  const agent = tools.find(({ name }) => name === "agent");
  assert.equal(agent.inputSchema.type, "object");
  assert.ok(agent.inputSchema.properties.topic);
});

await check("a call has its result, as text and as an object", async () => {
  const result = await client.callTool({ name: "agent", arguments: { topic: "x" } });
  assert.equal(result.structuredContent.joke, "This is a joke about x and cats");
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
});

await check("a failed tool says why, an unknown one is refused", async () => {
  const failed = await client.callTool({ name: "boom", arguments: { foo: "x" } });
  assert.deepEqual([failed.isError, failed.content[0].text], [true, "BoomError: boom: something broke"]);
  await assert.rejects(client.callTool({ name: "nope" }), { code: -32_602 });
});

await check("progress is told node by node", async () => {
  const told = [];
  const onprogress = ({ progress, message }) => told.push(`${progress} ${message}`);
  await client.callTool({ name: "agent", arguments: { topic: "x" } }, undefined, { onprogress });
  assert.deepEqual(told, ["1 refine_topic", "2 generate_joke"]);
});

await check("an aborted call ends its run", async () => {
  const gate = crypto.randomUUID();
  const aborted = new AbortController();
  const onprogress = () => aborted.abort("enough");
  const args = { n: 1, delay_ms: 0, gate };
  const call = client.callTool({ name: "slow", arguments: args }, undefined, { signal: aborted.signal, onprogress });
  await assert.rejects(call, /enough/);
  const again = await (
    await fetch(`${url}/mcp`, {
      ...sent,
      headers: { ...Object.fromEntries(new Headers(sent.headers)), accept: "application/json" },
    })
  ).json();
  await openGate(gate);
  assert.equal(again.result.content[0].text, "The run was cancelled.");
});

await client.close();
