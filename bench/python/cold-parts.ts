/** What a worker with graphs of Python waits for at a cold start, part by part: its ZIP, and its child. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { openProject } from "../../functions/engine/project/open-project.ts";
import { execute } from "../../local/ministack/python.ts";
import { type StartParts, startParts } from "./start-parts.ts";

export interface ColdParts extends StartParts {
  /** Bytes. */
  zip: number;
  /** ms to unpack it with one CPU. */
  unpacked: number;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** @returns undefined for a project without Python @param folder of the artefact */
export async function coldParts(folder: string, graph_id: string, rounds: number): Promise<ColdParts | undefined> {
  const project = await openProject(join(folder, "project"), quiet);
  const { graphs, python } = project.manifest;
  const graph = graphs[graph_id];
  if (python?.interpreter === undefined || graph?.language !== "python") return undefined;
  const interpreter = project.locate(python.interpreter);
  const dir = project.sourceFolder();
  const started = {
    python: interpreter,
    dir,
    paths: python.paths.map((one) => resolve(dir, one)),
    spec: `${graph.source}:${graph.symbol}`,
  };
  return { ...(await pack(interpreter, folder)), ...(await startParts(started, rounds)) };
}

/** Packs and unpacks by the artefact's own Python: the machine may have no other program for it. */
async function pack(interpreter: string, folder: string): Promise<{ zip: number; unpacked: number }> {
  const beside = mkdtempSync(`${folder}-zip-`);
  const zip = join(beside, "artefact.zip");
  const run = (args: string[]) => execute(interpreter, ["-m", "zipfile", ...args], { cwd: folder });
  try {
    await run(["-c", zip, "."]);
    const begun = performance.now();
    await run(["-e", zip, join(beside, "unpacked")]);
    return { zip: statSync(zip).size, unpacked: performance.now() - begun };
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
