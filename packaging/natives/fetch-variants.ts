/**
 * Has npm fetch the parts of native packages for the target's platform that are not installed on this machine, into a folder apart: the
 * project's own node_modules stay as they are. npm serves pnpm's and yarn's projects too, as the versions are named. Must not run install
 * scripts.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { FETCH_VARIANTS_TIMEOUT } from "../../functions/core/timings.ts";
import type { Variant } from "../closure/resolve-closure.ts";
import { foldersUp, isFile, isFolder, readJsonObject } from "../source-files.ts";
import type { Cpu } from "./target.ts";

const run = promisify(execFile);

export interface FetchOptions {
  missing: readonly Variant[];
  cpu: Cpu;
  /** Folder of the project: its .npmrc counts. */
  project: string;
  /** Where they are kept; what is there already is not asked for again. */
  folder: string;
}

/** @returns why it failed, in npm's words; undefined if all is there */
export async function fetchVariants({ missing, cpu, project, folder }: FetchOptions): Promise<string | undefined> {
  const wanted = missing.map(({ name, range }) => `${name}@${range}`).toSorted();
  const record = path.join(folder, "package.json");
  if (readJsonObject(record)?.["fetched"] === wanted.join(" ")) return undefined;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(record, JSON.stringify({ private: true }));
  lendSettings(project, folder);
  // Without --force npm refuses a package for another platform that is named directly.
  const flags = ["--no-save", "--force", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const platform = ["--os=linux", `--cpu=${cpu}`, "--libc=glibc"];
  const [program, ...first] = npm();
  try {
    await run(program, [...first, "install", ...flags, ...patience, ...platform, ...wanted], {
      cwd: folder,
      timeout: FETCH_VARIANTS_TIMEOUT,
      shell: process.platform === "win32",
    });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    const lines = said.split("\n").flatMap((line) => /^npm error (?!A complete log|code )(.+)/.exec(line)?.[1] ?? []);
    return lines[0]?.replace(/[.\s]+$/, "") ?? (error instanceof Error ? error.message.split("\n")[0] : String(error));
  }
  if (!missing.every(({ name }) => isFolder(path.join(folder, "node_modules", name)))) return undefined;
  writeFileSync(record, JSON.stringify({ private: true, fetched: wanted.join(" ") }));
  return undefined;
}

/** The npm that runs us, if one does; else the one on PATH. */
function npm(): [string, ...string[]] {
  const running = process.env["npm_execpath"];
  return running !== undefined && /npm-cli\.[cm]?js$/.test(running) && existsSync(running)
    ? [process.execPath, running]
    : ["npm"];
}

/** Links the project's .npmrc instead of copying it: it may hold a token. */
function lendSettings(project: string, folder: string): void {
  const settings = foldersUp(project)
    .map((dir) => path.join(dir, ".npmrc"))
    .find(isFile);
  if (settings !== undefined) symlinkSync(settings, path.join(folder, ".npmrc"));
}
