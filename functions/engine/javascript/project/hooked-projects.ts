/** The projects whose files this process or thread loads by the engine's hooks. */
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Alias } from "../../../protocol/manifest.ts";

/** URLs; those of folders end in `/`. */
export interface HookedProject {
  /** The folder of manifest.json. */
  mirror: string;
  /** A file in the folder from which LangGraph is resolved: that of the bridge modules. */
  langgraph: string;
  /** The folder that the mirror was made from, if it is on this machine. */
  source?: string;
  aliases?: readonly Alias[] | undefined;
  /** The module format of the one copy of LangGraph that all code shares. */
  sharedFormat?: "esm" | undefined;
}

let projects: HookedProject[] = [];

/** @param folders absolute or relative paths of the folders that HookedProject names */
export function addProject({ mirror, langgraph, source, aliases, sharedFormat }: HookedProject): void {
  const added = {
    mirror: folderUrl(realpathSync(mirror)),
    langgraph: pathToFileURL(path.join(realpathSync(langgraph), "graph.js")).href,
    ...(source === undefined ? {} : { source: folderUrl(source) }),
    aliases,
    sharedFormat,
  };
  // A watched project gets a new folder with each save, and old ones are removed.
  const others = projects.filter((known) => known.mirror !== added.mirror && existsSync(fileURLToPath(known.mirror)));
  projects = [...others, added];
}

export function setProjects(given: readonly HookedProject[]): void {
  projects = [...given];
}

export const allProjects = (): readonly HookedProject[] => projects;

/** TypeScript source that was copied into node_modules and not built. */
const COPIED_SOURCE = /\/node_modules\/.*\.(?:[cm]?ts|tsx|jsx)$/;

/** The project that a module belongs to. Packages belong to none, except for source that was copied into node_modules. */
export function projectOf(url: string | undefined): HookedProject | undefined {
  if (url === undefined) return undefined;
  if (!url.includes("/node_modules/")) return projects.find(({ mirror }) => url.startsWith(mirror));
  if (!COPIED_SOURCE.test(url)) return undefined;
  return projects.find(
    ({ mirror, source }) => url.startsWith(mirror) || (source !== undefined && url.startsWith(source)),
  );
}

const folderUrl = (folder: string): string => pathToFileURL(path.resolve(folder) + path.sep).href;
