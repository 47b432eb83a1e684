/** The loader of processes that only see whether graphs load: as a function loads them, but nothing is logged. */
import { createLoader, type GraphLoader } from "../engine/javascript/project/load-graph.ts";
import { openProject } from "../engine/javascript/project/open-project.ts";
import { systemClock as clock } from "./clock-and-ids.ts";

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Rejects if the folder has no valid manifest. */
export const openTrialLoader = async (folder: string): Promise<GraphLoader> =>
  createLoader(await openProject(folder, logger), { clock, logger });
