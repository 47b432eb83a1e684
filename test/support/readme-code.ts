/** Code of README.md and docs/clients.md, run as a reader runs it: the test changes addresses, nothing else. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const pages = ["README.md", "docs/clients.md"].map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n");

/** @param from words of a page, wherever its lines break; the first block of code after them is meant */
export function codeAfter(from: string): string {
  const words = from.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(" ", String.raw`\s+`);
  const [, rest] = pages.split(new RegExp(words), 2);
  const [, code] = /^```\w+\n([\s\S]*?)^```$/m.exec(rest ?? "") ?? [];
  if (code === undefined) throw new Error(`No page has code after "${from}".`);
  return code;
}

export interface Running {
  printed(): string;
  /** What was printed, once it has ended; rejects unless it ended well. */
  ended: Promise<string>;
}

/** In a folder of its own, where the packages of this repository are installed. */
export function runFile(name: string, code: string): Running {
  const folder = mkdtempSync(join(tmpdir(), "threadline-readme-"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, name), code);
  const child: ChildProcess = spawn(process.execPath, [name], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  let [printed, complaint] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const ended = once(child, "close").then(([exitCode]) => {
    if (exitCode !== 0) throw new Error(`${name} ended with ${String(exitCode)}: ${complaint}`);
    return printed;
  });
  ended.catch(() => undefined);
  return { printed: () => printed, ended };
}
