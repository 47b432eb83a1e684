/** Loads what langgraph.json names beside graphs: the project's auth and its own routes. */
import { importModule } from "./import-module.ts";
import type { JavaScriptProject } from "./javascript-project.ts";

export type ExportSource = Pick<JavaScriptProject, "locate" | "prepareGraphs">;

export interface NamedExport {
  /** Absent when there is nothing to load (then `error` says why). */
  module?: string | undefined;
  symbol: string;
  error?: string | undefined;
}

/** Rejects with what the import rejects with, or with what is missing. */
export async function loadExport(project: ExportSource, { module, symbol, error }: NamedExport): Promise<unknown> {
  if (module === undefined) throw new Error(error ?? "there is nothing to load");
  await project.prepareGraphs();
  const exports = await importModule(project.locate(module));
  const exported = await exports[symbol];
  if (exported === undefined)
    throw new Error(`it exports no "${symbol}", only ${Object.keys(exports).join(", ") || "nothing"}`);
  return exported;
}
