/**
 * Uses stock clients from the package indexes against one running server: `npm run test:clients`. It prints a line for each step of each
 * client. Then the tables of docs/compatibility.md must be what was seen; `-- --write` writes them instead. It needs the network, so it is
 * no part of `npm test`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { check, failed as checkFailed } from "../deploy/report.ts";
import { PATIENCE } from "../support/patience.ts";
import { codeAfter } from "../support/readme-code.ts";
import { startServer } from "../support/server.ts";
import { findChromium } from "./chromium.ts";
import { checkClients, writeClients } from "./compatibility.ts";
import { installClients, installPython } from "./install.ts";
import { failed, take, unasked } from "./results.ts";
import { useThreadProtocol } from "./thread-protocol/run.ts";
import { useExample } from "./use-example.ts";
import { usePages } from "./use-pages.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const NODE_CLIENTS = ["ag-ui.mjs", "ai-sdk.mjs", "remote-graph.mjs", "mcp.mjs", "a2a.mjs"];
const PYTHON_CLIENTS = ["guide.py", "resume.py", "remote_graph.py", "sdk_steps.py", "sdk_resources.py", "surface.py"];

/** ms for all steps of a client. */
const CLIENT_ENDS_WITHIN = 4 * PATIENCE;

const folder = mkdtempSync(join(tmpdir(), "threadline-clients-"));
const CONFIG = here("../fixtures/clients/langgraph.json");
const server = await startServer({ config: CONFIG });
/** What clients need and this machine has not. */
const absent: string[] = [];
try {
  // Clients wait more than they work, so they go side by side.
  const npm = check("the clients of npm are installed", () => installClients(folder, server.url));
  const python = check("the clients of Python are installed", installPython);
  await Promise.all([
    npm.then(useNodeClients),
    npm.then(() => useChromium(findChromium())),
    useChatExample(findChromium()),
    python.then(usePython),
    Promise.all([python, npm]).then(([interpreter]) =>
      useThreadProtocol({ config: CONFIG, folder, api: server.url, chromium: findChromium(), python: interpreter }),
    ),
  ]);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
await check("every client was asked for every step", () => {
  const missing = unasked();
  if (missing.length > 0) throw new Error(missing.join("; "));
});
if (process.argv.includes("--write")) writeClients();
else if (absent.length > 0)
  console.log(`Not compared with docs/compatibility.md: no ${absent.join(" and no ")} on PATH.`);
else await check("docs/compatibility.md says what was seen", () => checkClients());
// Clients leave timers and sockets behind, which would keep this process.
process.exit(failed() || checkFailed() ? 1 : 0);

async function useNodeClients(): Promise<void> {
  for (const client of NODE_CLIENTS) await run(process.execPath, [client]);
}

async function useChromium(program: string | undefined): Promise<void> {
  if (program === undefined) absent.push("Chromium");
  else await usePages(program, { folder, api: server.url });
}

async function useChatExample(program: string | undefined): Promise<void> {
  if (program !== undefined) await useExample(program, { folder: join(folder, "example"), api: server.url });
}

async function usePython(python: string | undefined): Promise<void> {
  if (python === undefined) {
    absent.push("python3");
    return;
  }
  await check("the Python of docs/clients.md", () => runDocumented(python));
  for (const script of PYTHON_CLIENTS) await run(python, ["-B", here(`python/${script}`)]);
}

/** As saved, but for the address. It has to print what its last lines say. */
async function runDocumented(python: string): Promise<void> {
  const code = codeAfter("`pip install langgraph-sdk`").replace("http://localhost:2024", server.url);
  const file = join(folder, "documented.py");
  writeFileSync(file, code);
  const printed: string[] = [];
  await run(python, ["-B", file], (line) => printed.push(line));
  const shown = [...code.matchAll(/^# (\{.*\})$/gm)].map(([, line = ""]) => line).filter((line) => !line.includes("…"));
  const isSo = shown.length > 1 && shown.every((line) => printed.includes(line));
  if (!isSo) throw new Error(printed.join("\n"));
}

/** Rejects if the client ends with anything but 0, for a step that failed has been told. */
async function run(command: string, args: string[], onLine: (line: string) => void = take): Promise<void> {
  const env = { ...process.env, THREADLINE_URL: server.url };
  const child = spawn(command, args, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: CLIENT_ENDS_WITHIN,
  });
  const ended = once(child, "exit") as Promise<[number | null]>;
  for await (const line of createInterface({ input: child.stdout })) onLine(line);
  const [code] = await ended;
  if (code !== 0) await check(`${args.at(-1)} ends well`, () => Promise.reject(new Error(`it ended with ${code}`)));
}
