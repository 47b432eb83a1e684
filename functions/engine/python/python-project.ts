/** What of a project is Python: its graphs, and the children that run them. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Manifest } from "../../protocol/manifest.ts";
import type { ErrorText } from "../graph/shown-errors.ts";
import type { Project } from "../project/open-project.ts";
import { agreedWith } from "./process/hello.ts";
import type { ProjectOutput } from "./process/output.ts";
import { openChildren, type ProjectChildren } from "./process/project-children.ts";

export type PythonProject = Pick<Project, "manifest" | "locate" | "sourceFolder" | "environment">;

/** Entries of the manifest, by graph id. */
export const pythonGraphs = ({ manifest }: Pick<PythonProject, "manifest">): Manifest["graphs"] =>
  Object.fromEntries(Object.entries(manifest.graphs).filter(([, { language }]) => language === "python"));

/** Where Amazon Linux has the certificates of authorities. An artefact's Python looks where other systems have them. */
const CERTIFICATES = "/etc/pki/tls/certs/ca-bundle.crt";
const certificates = (): Record<string, string> => (existsSync(CERTIFICATES) ? { SSL_CERT_FILE: CERTIFICATES } : {});

/** @param python the interpreter; undefined = that of the artefact, if there is one */
export function childrenOfProject(
  project: PythonProject,
  python: string | undefined,
  errorDetail: ErrorText,
  output?: ProjectOutput,
): ProjectChildren {
  const dir = project.sourceFolder();
  const { interpreter } = project.manifest.python ?? {};
  const own = interpreter === undefined ? undefined : project.locate(interpreter);
  const specs = Object.entries(pythonGraphs(project)).map(([id, { source, symbol }]) => [id, `${source}:${symbol}`]);
  return openChildren({
    output,
    python: python ?? own,
    environment: async () => ({ ...(own !== undefined && certificates()), ...(await project.environment()) }),
    hello: {
      dir,
      paths: (project.manifest.python?.paths ?? []).map((one) => path.resolve(dir, one)),
      graphs: Object.fromEntries(specs),
      agreed: agreedWith(errorDetail, project.manifest.python?.allowed_classes),
    },
  });
}
