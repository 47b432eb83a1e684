/** The processes below one, as `ps` lists them: for tests of what is left behind. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Ids of the processes below one, and theirs. */
export function descendants(pid: number | undefined): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    table.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return pid === undefined ? [] : below(pid);
}

/** Those of them whose command line has this text. */
export function commandsWith(text: string, pids: number[]): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" }).trim().split("\n");
  const named = table.filter((line) => line.includes(text)).map((line) => Number.parseInt(line.trim(), 10));
  return pids.filter((pid) => named.includes(pid));
}

/** One that has ended counts as gone, though its parent has not asked for its exit code: nobody may, in a container without init. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
    return !state.trim().startsWith("Z");
  } catch {
    return false;
  }
}

/** `threadline-worker`: the function whose process the isolated host has made of it; undefined for another, or one that has ended. */
export function functionOf(pid: number): string | undefined {
  const variables = ofProcess(pid, "environ").split("\0");
  return variables.find((variable) => variable.startsWith(FUNCTION_NAME))?.slice(FUNCTION_NAME.length);
}

const FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME=";

/** As a process of a function is between two invocations. */
export const isFrozen = (pid: number): boolean => /\) T /.test(ofProcess(pid, "stat"));

function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}
