/** A Python with one version of LangGraph from the package index, below node_modules. uv installs it: it is in the clients' environment. */
import { execFile } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installPython } from "../registry/install.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
const execute = promisify(execFile);

/** @returns the interpreter; undefined where there is no python3 */
export async function installLangGraph(version: string, ...more: string[]): Promise<string | undefined> {
  const clients = await installPython();
  if (clients === undefined) return undefined;
  const uv = join(clients, "..", "uv");
  const folder = join(CACHE, ["langgraph", version, ...more].join("-").replaceAll(/[^\w.-]/g, "-"));
  const python = join(folder, "bin", "python");
  const whole = join(folder, "installed");
  if (existsSync(whole)) return python;
  rmSync(folder, { recursive: true, force: true });
  await execute(uv, ["venv", "--quiet", "--python", clients, folder]);
  await execute(uv, ["pip", "install", "--quiet", "--python", python, `langgraph==${version}`, ...more]);
  writeFileSync(whole, "");
  return python;
}
