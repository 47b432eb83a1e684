/** Loaders of processes that only see whether graphs load: as a function loads them, but nothing is logged. */
import { createLoader, type GraphLoader } from "../engine/javascript/project/load-graph.ts";
import { javascriptProject } from "../engine/javascript/project/javascript-project.ts";
import { openProject } from "../engine/project/open-project.ts";
import { createPythonTrial, type PythonTrial } from "../engine/python/shape/trial.ts";
import { systemClock as clock } from "./clock-and-ids.ts";

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface TrialLoaders {
  javascript: GraphLoader;
  python: PythonTrial;
}

/**
 * Rejects if the folder has no valid manifest.
 * @param python the interpreter; undefined = that of the artefact
 */
export async function openTrialLoaders(folder: string, python?: string): Promise<TrialLoaders> {
  const project = await openProject(folder, logger);
  return {
    javascript: createLoader(javascriptProject(project, logger), { clock, logger }),
    python: createPythonTrial(project, python),
  };
}
