/** The port Auth over what `auth` of langgraph.json names, whichever language it is. Nothing is loaded before it is needed. */
import type { Auth } from "../../core/auth/auth-port.ts";
import type { Logger } from "../../core/ports.ts";
import { createJavaScriptAuth } from "../javascript/auth/javascript-auth.ts";
import type { JavaScriptProject } from "../javascript/project/javascript-project.ts";
import { loadExport } from "../javascript/project/load-export.ts";
import { sourceLocation } from "../javascript/project/source-location.ts";
import { createPythonAuth } from "../python/auth/python-auth.ts";
import type { ProjectChildren } from "../python/process/project-children.ts";

type AuthSource = Pick<JavaScriptProject, "manifest" | "locate" | "prepareGraphs" | "sourceFolder">;

export interface ProjectAuthOptions {
  project: AuthSource;
  children: Pick<ProjectChildren, "get">;
  logger: Logger;
}

/** Undefined for a project without custom auth. One whose entry is wrong refuses everybody. */
export function projectAuth({ project, children, logger }: ProjectAuthOptions): Auth | undefined {
  const entry = project.manifest.auth;
  if (!entry) return undefined;
  const admitsStudio = !entry.disable_studio_auth;
  const { source } = entry;
  if (entry.language === "python") return { ...createPythonAuth({ spec: source, children, logger }), admitsStudio };
  return {
    ...createJavaScriptAuth({
      source,
      load: () => loadExport(project, entry),
      lineOf: (error) => (error instanceof Error ? sourceLocation(project.sourceFolder(), error) : undefined),
      logger,
    }),
    admitsStudio,
  };
}
