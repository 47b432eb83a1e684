/**
 * `npm run test:dynamodb-local`: the storage suites against AWS's own DynamoDB Local, a second opinion beside the emulator of `npm test`.
 * Needs Java 17, Maven and its central repository. It cannot be told to listen on loopback alone. Arguments go to vitest.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../../local/free-port.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const execute = promisify(execFile);
const SUITES = ["test/conformance"];
const READY_WITHIN = 60_000;

const tools = await Promise.all([execute("mvn", ["--version"]), execute("java", ["-version"])]).catch(() => undefined);
if (tools) process.exitCode = await main();
else console.log("Skipped: mvn and java are needed for DynamoDB Local, and one of them is not on PATH.");

/** @returns vitest's exit code */
async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "threadline-dynamodb-local-"));
  const copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
  let server: ChildProcess | undefined;
  try {
    await execute("mvn", ["-q", "-f", here("pom.xml"), ...copy], { maxBuffer: 1e8 });
    const port = await freePort();
    const program = "software.amazon.dynamodb.services.local.main.ServerRunner";
    const options = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", String(port)];
    server = spawn("java", [`-Djava.library.path=${folder}`, "-cp", `${folder}/*`, program, ...options], {
      stdio: "ignore",
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await untilUp(endpoint, server);
    const suites = process.argv.length > 2 ? process.argv.slice(2) : SUITES;
    const env = { ...process.env, TEST_DYNAMODB_ENDPOINT: endpoint };
    const vitest = [here("../../node_modules/vitest/vitest.mjs"), "run", ...suites];
    const tests = spawn(process.execPath, vitest, { stdio: "inherit", cwd: here("../.."), env });
    const [code] = (await once(tests, "exit")) as [number | null];
    return code ?? 1;
  } finally {
    server?.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilUp(endpoint: string, server: ChildProcess): Promise<void> {
  const began = performance.now();
  // Any answer will do: without a signature it is an error.
  while (!(await fetch(endpoint).then(Boolean, () => false))) {
    if (server.exitCode !== null) throw new Error(`DynamoDB Local ended with ${server.exitCode}`);
    if (performance.now() - began > READY_WITHIN) throw new Error("DynamoDB Local does not answer");
    await pause(50);
  }
}
