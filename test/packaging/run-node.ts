/**
 * Runs a piece of code in a process of its own, as compiled projects run, and gives back what it printed as JSON.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** `code` is the body of an ES module that calls `done(value)` once. Rejects with the error output if it fails. */
export async function runInNode(code: string, cwd: string): Promise<unknown> {
  const program = `const done = (value) => console.log(JSON.stringify(value ?? null));\n${code}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], { cwd });
  return JSON.parse(stdout);
}
