/**
 * A project of one version of LangGraph, installed from the registry by its own lock file into a temporary folder: the shared graphs as ES
 * modules and as CommonJS side by side. Install scripts do not run.
 */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const FORMATS = { esm: "module", cjs: "commonjs" };

export interface InstalledProject {
  /** Path of its langgraph.json: graphs `<file>-esm` and `<file>-cjs` of each shared file. */
  config: string;
  /** For the data of servers; goes with the project. */
  data: string;
  remove(): Promise<void>;
}

export async function installProject(version: string): Promise<InstalledProject> {
  const root = mkdtempSync(join(tmpdir(), `threadline-versions-${version}-`));
  const dir = join(root, "project");
  cpSync(here(`projects/${version}`), dir, { recursive: true });
  const graphs: Record<string, string> = {};
  for (const [format, type] of Object.entries(FORMATS)) {
    mkdirSync(join(dir, format));
    writeFileSync(join(dir, format, "package.json"), JSON.stringify({ private: true, type }));
    const sources = [here("../fixtures/versions/shared"), here(`../fixtures/versions/${version}`)].filter(existsSync);
    for (const source of sources) {
      cpSync(source, join(dir, format), { recursive: true });
      for (const file of readdirSync(source))
        graphs[`${file.replace(".ts", "")}-${format}`] = `./${format}/${file}:graph`;
    }
  }
  const config = join(dir, "langgraph.json");
  writeFileSync(config, JSON.stringify({ node_version: "24", dependencies: ["."], graphs }));
  await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: dir,
  });
  return { config, data: join(root, "data"), remove: () => rm(root, { recursive: true }) };
}
