/** The flow suite as it is run against a deployment that wants a key: here one of its files, through AWS's runtime client. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startKeyGate } from "../support/key-relay.ts";
import { GOLDEN, startServer } from "../support/server.ts";

test("the flow suite asks the server at TEST_FUNCTION_URL, with its key", async () => {
  const server = await startServer({ config: GOLDEN, isolated: true });
  onTestFinished(() => server.stop());
  const gate = await startKeyGate(server.url, "a key");
  onTestFinished(() => gate.close());

  const { TEST_HOST: _host, ...env } = process.env;
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "test/flow/bad-input.test.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, NO_COLOR: "1", TEST_FUNCTION_URL: gate.url, TEST_FUNCTION_KEY: "a key" },
  });
  onTestFinished(() => void child.kill());
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += String(chunk)));
  const [code] = await once(child, "close");

  expect(printed).toMatch(/Tests +\d+ passed/);
  expect(code).toBe(0);
  expect(gate.passed()).toBeGreaterThan(50);
});
