/**
 * Fetches the parts of native packages for the target's platform that are not installed on this machine. npm installs them, without
 * scripts, into a separate folder. Versions are exact, so it serves projects of pnpm and yarn, too.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Variant } from "../closure/resolve-closure.ts";
import { FETCH_VARIANTS_TIMEOUT } from "../limits.ts";
import { foldersUp, isFile, isFolder, readJsonObject } from "../source-files.ts";
import type { Cpu } from "./target.ts";

const run = promisify(execFile);

export interface FetchOptions {
  missing: readonly Variant[];
  cpu: Cpu;
  /** Folder of the project: its .npmrc counts. */
  project: string;
  /** The folder in which they are kept. Those that it has are not fetched again. */
  folder: string;
}

export interface FetchedVariants {
  /** Their folders without links, by `name@range`. */
  dirs: Map<string, string>;
  /** Why one could not be fetched, in npm's words. */
  why: string | undefined;
}

export async function fetchVariants({ missing, cpu, project, folder }: FetchOptions): Promise<FetchedVariants> {
  const groups = withoutNamesakes(missing);
  const places = groups.map((group, at) => ({ group, dir: path.join(folder, String(at)) }));
  const record = path.join(folder, "package.json");
  const wanted = groups.map((group) => group.map(specifier).join(" ")).join(", ");
  let why: string | undefined;
  if (readJsonObject(record)?.["fetched"] !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    for (const { group, dir } of places) why ??= await install(group, { cpu, project, dir });
    if (why === undefined) writeFileSync(record, JSON.stringify({ private: true, fetched: wanted }));
  }
  const found = places.flatMap(({ group, dir }) =>
    group.flatMap((one): [string, string][] => {
      const at = path.join(dir, "node_modules", one.name);
      return isFolder(at) ? [[specifier(one), realpathSync(at)]] : [];
    }),
  );
  return { dirs: new Map(found), why };
}

const specifier = ({ name, range }: Variant): string => `${name}@${range}`;

/** One folder holds one version of a package at its top: each further version goes to the next folder. */
function withoutNamesakes(variants: readonly Variant[]): Variant[][] {
  const groups: Variant[][] = [];
  for (const variant of variants.toSorted((a, b) => (specifier(a) < specifier(b) ? -1 : 1))) {
    const group = groups.find((others) => others.every(({ name }) => name !== variant.name));
    if (group) group.push(variant);
    else groups.push([variant]);
  }
  return groups;
}

interface Target {
  cpu: Cpu;
  project: string;
  dir: string;
}

/** @returns why it failed */
async function install(variants: readonly Variant[], { cpu, project, dir }: Target): Promise<string | undefined> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, "package.json"), JSON.stringify({ private: true }));
  lendSettings(project, dir);
  // Without --force npm refuses a package for another platform that is named directly.
  const flags = ["--no-save", "--force", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const platform = ["--os=linux", `--cpu=${cpu}`, "--libc=glibc"];
  const [program, ...first] = npm();
  try {
    await run(program, [...first, "install", ...flags, ...patience, ...platform, ...variants.map(specifier)], {
      cwd: dir,
      timeout: FETCH_VARIANTS_TIMEOUT,
      shell: process.platform === "win32",
    });
    return undefined;
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    const lines = stderr.split("\n").flatMap((line) => /^npm error (?!A complete log|code )(.+)/.exec(line)?.[1] ?? []);
    return lines[0]?.replace(/[.\s]+$/, "") ?? (error instanceof Error ? error.message.split("\n")[0] : String(error));
  }
}

/** The npm that started this process; else the one on PATH. */
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
