/**
 * Allows one server for each data folder, because two emulators on one file do not see each other's memory. The lock is the kernel's, on an
 * empty SQLite file, and ends with its process.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CommandError } from "../command-line/command-error.ts";

/** SQLITE_BUSY: another connection has the lock. */
const BUSY = 5;

/** References keep the open databases, and so their locks, from garbage collection. */
const held = new Set<DatabaseSync>();

/**
 * Creates the folder if need be and takes it.
 * @returns what gives it back
 * @throws CommandError if a living process has it, this one included, or if it cannot be written
 */
export function lockData(folder: string): () => void {
  const holder = join(folder, "holder");
  const lock = tryLock(folder, holder);
  if (lock === "in use")
    throw new CommandError(
      `The data folder ${folder} is in use by ${describeHolder(holder)}. Give another one with --data.`,
    );
  held.add(lock);
  return () => {
    rmSync(holder, { force: true });
    lock.close();
    held.delete(lock);
  };
}

function tryLock(folder: string, holder: string): DatabaseSync | "in use" {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
    if (take(lock)) {
      writeFileSync(holder, String(process.pid));
      return lock;
    }
  } catch (error) {
    lock?.close();
    const cause = error instanceof Error ? error.message : String(error);
    throw new CommandError(`The data folder ${folder} cannot be used: ${cause}.`, 2);
  }
  lock.close();
  return "in use";
}

function take(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === BUSY) return false;
    throw error;
  }
}

/** For the message only: the file may not be written yet, or be gone. */
function describeHolder(holder: string): string {
  try {
    return `process ${readFileSync(holder, "utf8")}`;
  } catch {
    return "another process";
  }
}
