/**
 * `node test/registry/run-python.ts`: runs the Python of docs/clients.md and the scripts of this folder with the stock SDK. Needs the
 * network. Starts a server, or asks the one at TEST_FUNCTION_URL, which has to serve the graphs of test/fixtures/golden.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeAfter } from "../support/readme-code.ts";
import { startServer } from "../support/server.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SCRIPTS = ["guide.py", "resume.py", "remote_graph.py", "state_store_crons.py"];

const version = await promisify(execFile)("python3", ["--version"]).catch(() => undefined);
if (version) process.exitCode = await runAll();
else console.log("Skipped: there is no python3 on PATH, and the Python SDK needs one.");

/** Exit code: 0 if every script succeeded. */
async function runAll(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "threadline-python-"));
  try {
    const python = join(folder, "bin", "python");
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", here("requirements.txt")];
    if ((await run("python3", ["-m", "venv", folder])) !== 0 || (await run(python, pip)) !== 0) return 1;
    return await withServer(async (url) => {
      const codes: number[] = [await runReadme(python, folder, url)];
      for (const script of SCRIPTS) codes.push(await run(python, ["-B", here(script)], { THREADLINE_URL: url }));
      return Math.max(...codes);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As saved, but for the address. It has to print what its last lines say. */
async function runReadme(python: string, folder: string, url: string): Promise<number> {
  const code = codeAfter("`pip install langgraph-sdk`").replace("http://localhost:2024", url);
  const file = join(folder, "client.py");
  await writeFile(file, code);
  const { stdout } = await promisify(execFile)(python, ["-B", file]);
  const shown = [...code.matchAll(/^# (\{.*\})$/gm)].map(([, line = ""]) => line).filter((line) => !line.includes("…"));
  const isSo = shown.length > 1 && shown.every((line) => stdout.split("\n").includes(line));
  console.log(`${isSo ? "ok" : "FAIL"}    the Python of README.md${isSo ? "" : `: ${stdout}`}`);
  return isSo ? 0 : 1;
}

async function withServer(use: (url: string) => Promise<number>): Promise<number> {
  const given = process.env["TEST_FUNCTION_URL"];
  if (given) return use(given);
  const server = await startServer({ config: here("../fixtures/golden/langgraph.json") });
  try {
    return await use(server.url);
  } finally {
    await server.stop();
  }
}

function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
