/**
 * Stock clients in JavaScript, from the package index, against a running server: `node test/registry/run-clients.ts`. Each script of
 * clients/ is a client; a line for each of its steps. Needs the network, so it is no part of `npm test`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../support/server.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const NO_CLIENT = new Set(["package.json", "steps.mjs"]);

const folder = mkdtempSync(join(tmpdir(), "threadline-clients-"));
cpSync(here("clients"), folder, { recursive: true });
const server = await startServer({ config: here("../fixtures/chat/langgraph.json") });
try {
  const codes = [await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])];
  for (const client of readdirSync(here("clients")).filter((name) => !NO_CLIENT.has(name)))
    codes.push(await run(process.execPath, [client]));
  process.exitCode = Math.max(...codes);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function run(command: string, args: string[]): Promise<number> {
  const env = { ...process.env, THREADLINE_URL: server.url };
  const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
