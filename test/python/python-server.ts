/** `npm start` over the graphs of test/fixtures/python, by the interpreter that the environment names. */
import { fileURLToPath } from "node:url";
import { startServer, type TestServer, type TestServerOptions } from "../support/server.ts";

const CONFIG = fileURLToPath(new URL("../fixtures/python/langgraph.json", import.meta.url));

export function interpreter(): string {
  const python = process.env["TEST_PYTHON"];
  if (!python) throw new Error("TEST_PYTHON names no Python with langgraph; test/registry/run-python.ts makes one");
  return python;
}

export const startPython = (options: TestServerOptions = {}): Promise<TestServer> =>
  startServer({
    config: CONFIG,
    isolated: false,
    ...options,
    flags: ["--python", interpreter(), ...(options.flags ?? [])],
  });
