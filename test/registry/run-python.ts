/**
 * Graphs of Python beside recordings and under faults: `npm run test:python` makes an environment with the LangGraph of
 * python/requirements.txt and runs test/python with it. TEST_PYTHON names an interpreter that has one, then nothing is installed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPython } from "./install.ts";

const CONFIG = fileURLToPath(new URL("../python/vitest.config.ts", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "threadline-python-"));
try {
  const python = process.env["TEST_PYTHON"] ?? (await installPython(join(folder, "python")));
  if (python === undefined) console.log("Skipped: there is no python3 on PATH.");
  else process.exitCode = await runTests(python);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runTests(python: string): Promise<number> {
  const env = { ...process.env, TEST_PYTHON: python };
  const child = spawn("npx", ["vitest", "run", "--config", CONFIG], { stdio: "inherit", env });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
