/**
 * One server per data folder: two emulators on one file would not see each other's memory. The lock names a process, so that a killed
 * server's lock counts for nothing.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./problem.ts";

/**
 * Creates the folder if need be and takes it.
 * @returns what gives it back
 * @throws Problem if a living process has it
 */
export function lockData(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "lock");
  const holder = take(file);
  if (holder === undefined) return () => rmSync(file, { force: true });
  if (isAlive(holder))
    throw new Problem(`The data folder ${folder} is in use by process ${holder}. Give another one with --data.`);
  rmSync(file, { force: true });
  return lockData(folder);
}

/** @returns the process that has it, undefined if it is ours now */
function take(file: string): number | undefined {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return Number(readFileSync(file, "utf8"));
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
