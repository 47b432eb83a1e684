/**
 * A project as JavaScript's engine needs it: this process prepared for its code (working directory, variables, module resolution), and its
 * own LangGraph. Nothing is prepared before a graph is needed.
 */
import { setSourceMapsSupport } from "node:module";
import path from "node:path";
import type { Logger } from "../../../core/ports.ts";
import type { Project } from "../../project/open-project.ts";
import { fillVariables, setSecrets } from "../../project/project-variables.ts";
import { type Bridge, isBridge } from "../langgraph.ts";
import { importModule, type ModuleFormat } from "./import-module.ts";
import { hookProject } from "./project-hooks.ts";
import { offerSdkLogger } from "./sdk-logger.ts";

export interface JavaScriptProject extends Project {
  /** Also loads the values of its secrets; after a failure the next call tries again. */
  prepareGraphs(): Promise<void>;
  /** The project's LangGraph: the copy that modules of this format see; any copy if no format is asked for. */
  bridge(format?: ModuleFormat): Promise<Bridge>;
}

export function javascriptProject(project: Project, logger: Logger): JavaScriptProject {
  const { manifest, locate } = project;
  let prepared = false;
  const prepare = (): void => {
    if (prepared) return;
    prepared = true;
    enterProject(project, logger);
    fillVariables(project.variables);
  };
  const bridges = new Map<string, Promise<Bridge>>();
  return {
    ...project,
    async prepareGraphs() {
      const values = project.secrets();
      prepare();
      setSecrets(await values);
    },
    bridge(format) {
      const file = (format && manifest.bridges[format]) ?? manifest.bridges.esm ?? manifest.bridges.cjs;
      if (file === undefined)
        return Promise.reject(new Error("the project has no LangGraph: @langchain/langgraph was not found"));
      const known = bridges.get(file);
      if (known) return known;
      prepare();
      const loading = importModule(locate(file)).then((exports) => {
        if (!isBridge(exports)) throw new Error(`${file} is not a bridge to LangGraph`);
        return exports;
      });
      bridges.set(file, loading);
      loading.catch(() => bridges.delete(file));
      return loading;
    },
  };
}

function enterProject({ manifest, locate, sourceFolder }: Project, logger: Logger): void {
  try {
    process.chdir(sourceFolder());
  } catch (error) {
    logger.warn("project environment not complete", { error: error instanceof Error ? error.message : String(error) });
  }
  offerSdkLogger();
  setSourceMapsSupport(true, { nodeModules: false });
  const { esm, cjs } = manifest.bridges;
  const bridge = esm ?? cjs;
  hookProject({
    mirror: locate("."),
    aliases: manifest.aliases,
    sharedFormat: manifest.shared_format,
    langgraph: locate(bridge === undefined ? manifest.config_dir : path.dirname(bridge)),
    ...(manifest.source_dir === undefined
      ? {}
      : { source: path.resolve(manifest.source_dir, path.relative(manifest.config_dir, ".")) }),
  });
}
