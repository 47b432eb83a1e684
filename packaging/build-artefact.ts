/**
 * The folder that Lambda gets: our three bundles beside `project/`, the compiled project. The project's packages are not in it yet:
 * `warnings` says so, and the construct repeats it at synth.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleFunctions, type FunctionName } from "./bundle-functions.ts";
import { compileProject } from "./compile-project.ts";

export interface Artefact {
  /** Absolute path. */
  folder: string;
  /** Bytes of our code by function. */
  sizes: Record<FunctionName, number>;
  graphs: string[];
  warnings: string[];
}

/** @param options.config path of langgraph.json; the folder is `.threadline/artefact` beside it */
export async function buildArtefact(options: { config: string }): Promise<Artefact> {
  const folder = path.join(path.dirname(options.config), ".threadline", "artefact");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [sizes, manifest] = await Promise.all([
    bundleFunctions(folder),
    compileProject({ config: options.config, out: path.join(folder, "project") }),
  ]);
  // Paths of this machine mean nothing there; the variables of an env file come from the function's own settings.
  const { source_dir: _source, env_file: _env, ...portable } = manifest;
  writeFileSync(path.join(folder, "project", "manifest.json"), `${JSON.stringify(portable, undefined, 2)}\n`);
  return {
    folder,
    sizes,
    graphs: Object.keys(manifest.graphs),
    warnings: [
      ...manifest.warnings,
      "The project's packages are not part of the artefact yet: its graphs do not load on Lambda.",
    ],
  };
}
