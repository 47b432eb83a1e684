/** Installs all clients: those of npm into a folder that goes with the test, those of Python once for all tests. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeAfter } from "../support/readme-code.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const execute = promisify(execFile);
/** What a page adds to the component of README.md. */
const README_MAIN = `
import { createRoot } from "react-dom/client";
import { Chat } from "./chat.tsx";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Chat />);
`;

/** The scripts and pages of clients/ with their packages, and README's page for a server. */
export async function installClients(folder: string, api: string): Promise<void> {
  cpSync(here("clients"), folder, { recursive: true });
  writeFileSync(join(folder, "pages/chat.tsx"), codeAfter("save as `chat.tsx`").replace("http://localhost:2024", api));
  writeFileSync(join(folder, "pages/readme.tsx"), README_MAIN);
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await execute("npm", ["install", ...quiet], { cwd: folder });
}

/**
 * Once for all that needs it: a folder below node_modules, named by what is installed.
 * @returns the interpreter that has the packages of python/; undefined where there is no python3
 */
export async function installPython(): Promise<string | undefined> {
  const has = (...args: string[]): Promise<string | undefined> =>
    execute("python3", args).then(
      ({ stdout }) => stdout,
      () => undefined,
    );
  const version = await has("--version");
  if (version === undefined) return undefined;
  const requirements = here("python/requirements.txt");
  const name = createHash("sha256").update(version).update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = here(`../../node_modules/.cache/python-${name}`);
  const python = join(folder, "bin", "python");
  const whole = join(folder, "installed");
  if (existsSync(whole)) return python;
  rmSync(folder, { recursive: true, force: true });
  // A pip of its own would take as long to install as all packages.
  const shared = (await has("-m", "pip", "--python", "python3", "--version")) !== undefined;
  await execute("python3", ["-m", "venv", ...(shared ? ["--without-pip"] : []), folder]);
  const [program, at] = shared ? ["python3", ["--python", python]] : [python, []];
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-compile"];
  await execute(program, ["-m", "pip", ...at, "install", ...quiet, "-r", requirements]);
  writeFileSync(whole, "");
  return python;
}

/** Which version of a package is installed. */
export function versionOf(folder: string, name: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
