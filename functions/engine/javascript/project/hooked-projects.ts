/** The projects whose files this process, or thread, loads by the engine's hooks. */
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Alias } from "../../../protocol/manifest.ts";

/** URLs; those of folders end in `/`. */
export interface HookedProject {
  /** The folder of manifest.json. */
  mirror: string;
  /** A file in the folder whose LangGraph counts: that of the bridge modules. */
  langgraph: string;
  /** The folder that the mirror was made of, where it is at hand. */
  source?: string;
  aliases?: readonly Alias[] | undefined;
  /** The format of the copies of LangGraph and its kin that all share. */
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
  // Watched projects come anew with each save, and go from the disk.
  const others = projects.filter((known) => known.mirror !== added.mirror && existsSync(fileURLToPath(known.mirror)));
  projects = [...others, added];
}

export function setProjects(given: readonly HookedProject[]): void {
  projects = [...given];
}

export const allProjects = (): readonly HookedProject[] => projects;

/** Source that was copied among packages, and not built. */
const COPIED_SOURCE = /\/node_modules\/.*\.(?:[cm]?ts|tsx|jsx)$/;

/** The project that a module belongs to. Packages belong to none, but for source that was copied among them: from where the project lies. */
export function projectOf(url: string | undefined): HookedProject | undefined {
  if (url === undefined) return undefined;
  if (!url.includes("/node_modules/")) return projects.find(({ mirror }) => url.startsWith(mirror));
  if (!COPIED_SOURCE.test(url)) return undefined;
  return projects.find(
    ({ mirror, source }) => url.startsWith(mirror) || (source !== undefined && url.startsWith(source)),
  );
}

const folderUrl = (folder: string): string => pathToFileURL(path.resolve(folder) + path.sep).href;
