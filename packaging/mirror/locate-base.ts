/** Finds the top folder of the mirror, and what kind of installation the project has. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { foldersUp, isFile, isFolder, readJsonObject } from "../source-files.ts";

/** The workspace root above `dir`, else the folder of the nearest package.json, else `dir`. */
export function locateBase(dir: string): string {
  const folders = foldersUp(dir);
  const root = folders.find(
    (at) =>
      isFile(path.join(at, "pnpm-workspace.yaml")) ||
      "workspaces" in (readJsonObject(path.join(at, "package.json")) ?? {}),
  );
  return root ?? folders.find((at) => isFile(path.join(at, "package.json"))) ?? dir;
}

/** The message for a project installed by yarn's Plug'n'Play, which has no node_modules; undefined for all others. */
export function plugAndPlay(dir: string): string | undefined {
  for (const at of foldersUp(dir)) {
    if (holdsPackages(path.join(at, "node_modules"))) return undefined;
    if (isFile(path.join(at, ".pnp.cjs")) || isFile(path.join(at, ".pnp.js"))) {
      return `The project is installed with yarn Plug'n'Play (${path.join(at, ".pnp.cjs")}), which is not supported: put "nodeLinker: node-modules" into .yarnrc.yml and run yarn install.`;
    }
  }
  return undefined;
}

/** Whether there are packages: Plug'n'Play has only caches there, in hidden folders. */
function holdsPackages(dir: string): boolean {
  return isFolder(dir) && readdirSync(dir).some((name) => !name.startsWith("."));
}
