/**
 * Hooks by which Node loads the files of a compiled project, in the main thread, worker threads and forks. Installed before the first graph
 * is imported.
 */
import { registerHooks } from "node:module";
import { carryHooks } from "./carry-hooks.ts";
import { addProject, type HookedProject, setProjects } from "./hooked-projects.ts";
import { loadCompiled } from "./load-compiled.ts";
import { resolveForProject } from "./resolve-fallback.ts";

let hooked = false;

/**
 * Hooks the project whose manifest.json lies in the folder `mirror`; may be called again, for another project or the same.
 *
 * @param folders paths: `langgraph` is the folder in the mirror whose LangGraph counts, `source` what the mirror was made of
 */
export function hookProject(folders: HookedProject): void {
  addProject(folders);
  install();
}

/** Called by a thread or fork at its start. */
export function hookProjects(projects: readonly HookedProject[]): void {
  setProjects(projects);
  install();
}

function install(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({ resolve: resolveForProject, load: loadCompiled });
  carryHooks();
}
