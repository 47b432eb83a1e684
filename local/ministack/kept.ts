/** Remembers which MiniStack a folder belongs to, between two commands. A process id alone is not trusted: ids are used again. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./python.ts";
import { endMiniStack, endpointAt, isUp } from "./start-ministack.ts";

export interface Kept {
  pid: number;
  port: number;
}

const fileOf = (folder: string): string => join(folder, "running.json");

export const keep = (folder: string, kept: Kept): void => writeFileSync(fileOf(folder), JSON.stringify(kept));

/** @returns undefined if it does not run */
export async function findKept(folder: string): Promise<Kept | undefined> {
  if (!existsSync(fileOf(folder))) return undefined;
  const kept = JSON.parse(readFileSync(fileOf(folder), "utf8")) as Kept;
  const { stdout } = await execute("ps", ["-o", "command=", "-p", String(kept.pid)]).catch(() => ({ stdout: "" }));
  return stdout.includes("ministack") && (await isUp(endpointAt(kept.port))) ? kept : undefined;
}

/** Ends MiniStack, if it runs, and deletes its folder. @returns whether there was one */
export async function removeKept(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const kept = await findKept(folder);
  if (kept) endMiniStack(kept.pid);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return true;
}
