/** Bundles each of our three functions into one file. Node's modules stay outside, and so does LangGraph, which is the project's. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type RolldownOutput, rolldown } from "rolldown";
import { writePage } from "./bundle-page.ts";

export const FUNCTIONS = ["api", "worker", "sweeper"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
/** Files beside them: the worker's thread, what that loads on demand, and the preload of a project's own threads. */
const BESIDES = ["host/pacemaker-thread", "host/extend-lease", "host/project-preload"] as const;

const SOURCE = fileURLToPath(new URL("../functions", import.meta.url));
/** Some bundled packages call `require`, which does not exist in ES modules. */
const BANNER = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;

/**
 * Writes `<name>.mjs` for each function and its thread into `out`, and the page `/watch` into `out/watch`.
 * @returns bytes by function
 * @throws Error if a bundle would carry a copy of LangGraph: a second copy breaks the project's own
 */
export async function bundleFunctions(out: string): Promise<Record<FunctionName, number>> {
  const sizes = await Promise.all(
    [...FUNCTIONS, ...BESIDES].map((name) => bundleEntry(name, path.join(out, `${path.basename(name)}.mjs`))),
  );
  await writePage(out);
  const [api = 0, worker = 0, sweeper = 0] = sizes;
  return { api, worker, sweeper };
}

const bundled = new Map<string, Promise<string>>();

/** Bundles one entry of `functions/` into `file`; once in a process. @returns its bytes */
export async function bundleEntry(name: string, file: string): Promise<number> {
  const known = bundled.get(name) ?? bundle(name);
  bundled.set(name, known);
  const code = await known;
  writeFileSync(file, code);
  return Buffer.byteLength(code);
}

async function bundle(name: string): Promise<string> {
  const build = await rolldown({
    input: path.join(SOURCE, `${name}.ts`),
    platform: "node",
    treeshake: true,
    logLevel: "silent",
  });
  try {
    const made = await build.generate({ format: "esm", minify: true, codeSplitting: false, banner: BANNER });
    refuseLangGraph(name, made);
    return made.output.map((file) => (file.type === "chunk" ? file.code : "")).join("");
  } finally {
    await build.close();
  }
}

function refuseLangGraph(name: string, { output }: RolldownOutput): void {
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  const copy = modules.find((id) => id.includes(`node_modules${path.sep}@langchain${path.sep}`));
  if (copy !== undefined) throw new Error(`The bundle of ${name} carries ${copy}.`);
}
