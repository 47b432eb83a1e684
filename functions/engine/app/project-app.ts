/** The port ProjectApp over what `http.app` of langgraph.json names, whichever language it is. Nothing is loaded before it is needed. */
import { AppLoadError, type ProjectApp } from "../../core/app/app-port.ts";
import { once } from "../../core/once.ts";
import type { Logger } from "../../core/ports.ts";
import { createJavaScriptApp } from "../javascript/app/javascript-app.ts";
import type { JavaScriptProject } from "../javascript/project/javascript-project.ts";
import { loadExport } from "../javascript/project/load-export.ts";
import { importHangs, loadWithin } from "../project/load-within.ts";
import { createPythonApp } from "../python/app/python-app.ts";
import { ChildError } from "../python/process/child.ts";
import { inLivingChild } from "../python/process/in-living-child.ts";
import type { ProjectChildren } from "../python/process/project-children.ts";
import { GRAPH_LOAD_TIMEOUT } from "../timings.ts";

export interface ProjectAppOptions {
  project: Pick<JavaScriptProject, "manifest" | "locate" | "prepareGraphs">;
  children: Pick<ProjectChildren, "get">;
  logger: Logger;
}

type Respond = ProjectApp["respond"];

/** Undefined for a project without own routes. Where they do not load, each request is told so: middleware may be what protects others. */
export function projectApp({ project, children, logger }: ProjectAppOptions): ProjectApp | undefined {
  const entry = project.manifest.app;
  if (!entry) return undefined;
  const { source } = entry;
  const load = entry.language === "python" ? pythonApp(source, children) : once(() => javaScriptApp(project, entry));
  const refuse = (error: unknown): AppLoadError => {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    const at = error instanceof ChildError && error.at !== undefined ? { thrown_at: error.at } : {};
    logger.error("http.app does not load: nothing is served", { source, error: `${name}: ${message}`, ...at });
    return new AppLoadError("The project's own routes (http.app) do not load: the server's log says why.");
  };
  const loaded = (): Promise<Respond> =>
    loadWithin(GRAPH_LOAD_TIMEOUT, importHangs, load()).catch((error: unknown) => {
      throw refuse(error);
    });
  return {
    prepare: async () => void (await Promise.allSettled([load()])),
    async respond(request, beside) {
      const respond = await loaded();
      return respond(request, beside).catch((error: unknown) => {
        throw error instanceof ChildError && error.name === "AppLoadError" ? refuse(error) : error;
      });
    },
  };
}

async function javaScriptApp(
  project: ProjectAppOptions["project"],
  entry: NonNullable<ProjectAppOptions["project"]["manifest"]["app"]>,
): Promise<Respond> {
  return createJavaScriptApp(await loadExport(project, entry));
}

/** The child that answers loads it, too: there may be several. */
function pythonApp(spec: string, children: ProjectAppOptions["children"]): () => Promise<Respond> {
  const respond = createPythonApp({ spec, children });
  return once(async () => {
    await inLivingChild(children, (child) => child.call("load_app", { spec }).answer);
    return respond;
  });
}
