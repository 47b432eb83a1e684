/**
 * Runs a piece of code in a process of its own, as compiled projects run, and gives back what it printed as JSON.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** `code` is an ES module that calls `done(value)` once; `cwd` its working directory. Rejects with the error output if it fails. */
export async function runInNode(code: string, cwd: string): Promise<unknown> {
  const dir = await mkdtemp(path.join(tmpdir(), "program-"));
  const file = path.join(dir, "program.mjs");
  try {
    await writeFile(file, `const done = (value) => console.log(JSON.stringify(value ?? null));\n${code}`);
    const { stdout } = await run(process.execPath, [file], { cwd });
    return JSON.parse(stdout);
  } finally {
    await rm(dir, { recursive: true });
  }
}
