/** Which package manager a project uses, and its commands. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { foldersUp, readJsonObject } from "./source-files.ts";

export interface PackageManager {
  /** Installs what package.json asks for. */
  install: string;
  /** Runs a script of package.json. */
  run: string;
  /** Takes the newest version that package.json allows. */
  update: string;
  /** Changes package.json. */
  add: string;
  /** In a package of a workspace `update` does nothing, and says that it did. */
  skipsWorkspaces?: true;
}

const NPM: PackageManager = { install: "npm install", run: "npm run", update: "npm update", add: "npm install" };
const PNPM: PackageManager = { install: "pnpm install", run: "pnpm run", update: "pnpm update", add: "pnpm add" };
const BUN: PackageManager = { install: "bun install", run: "bun run", update: "bun update", add: "bun add" };
/** Since Yarn 2 it is `up`, which leaves what package.json allows without `-R`. */
const YARN: PackageManager = { install: "yarn install", run: "yarn run", update: "yarn up -R", add: "yarn add" };
const YARN_1: PackageManager = { ...YARN, update: "yarn upgrade", skipsWorkspaces: true };

/** What only lock files since Yarn 2 have. */
const SINCE_YARN_2 = /^__metadata:/m;

/** Who writes a lock file of this name; `read` gives its text. */
const BY_LOCK_FILE: Readonly<Record<string, (read: () => string) => PackageManager>> = {
  "package-lock.json": () => NPM,
  "yarn.lock": (read) => (SINCE_YARN_2.test(read()) ? YARN : YARN_1),
  "pnpm-lock.yaml": () => PNPM,
  "bun.lock": () => BUN,
  "bun.lockb": () => BUN,
};

const BY_NAME: Readonly<Record<string, (major: number) => PackageManager>> = {
  npm: () => NPM,
  yarn: (major) => (major < 2 ? YARN_1 : YARN),
  pnpm: () => PNPM,
  bun: () => BUN,
};

/** What `packageManager` of a package.json names, as in "yarn@1.22.22" (Corepack). */
function named(folder: string): PackageManager | undefined {
  const stated = readJsonObject(path.join(folder, "package.json"))?.["packageManager"];
  if (typeof stated !== "string") return undefined;
  const [name = "", version = ""] = stated.split("@");
  return BY_NAME[name]?.(Number.parseInt(version, 10));
}

/** By the `packageManager` or the lock file that is nearest to `dir`; npm where there is neither. */
export function packageManagerOf(dir: string): PackageManager {
  for (const folder of foldersUp(dir)) {
    const stated = named(folder);
    if (stated) return stated;
    for (const [name, managerBy] of Object.entries(BY_LOCK_FILE)) {
      const lockFile = path.join(folder, name);
      if (existsSync(lockFile)) return managerBy(() => readFileSync(lockFile, "utf8"));
    }
  }
  return NPM;
}

/** The lock file that is nearest to `dir`, as text: which packages are installed. Empty where there is none. */
export function lockTextNear(dir: string): string {
  for (const folder of foldersUp(dir)) {
    const lockFile = Object.keys(BY_LOCK_FILE)
      .map((name) => path.join(folder, name))
      .find((file) => existsSync(file));
    if (lockFile !== undefined) return readFileSync(lockFile, "latin1");
  }
  return "";
}
