/** A Python environment with what the test needs from the package index, in a folder that goes with it. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const REQUIREMENTS = fileURLToPath(new URL("requirements.txt", import.meta.url));
export const execute = promisify(execFile);

/** Undefined where there is no Python that can make one. */
export async function findPython(): Promise<string | undefined> {
  const found = await execute("python3", ["-c", "import venv, sys; assert sys.version_info >= (3, 10)"]).catch(
    () => undefined,
  );
  return found && "python3";
}

/** @returns the folder of its programs */
export async function createEnvironment(python: string, folder: string): Promise<string> {
  await execute(python, ["-m", "venv", folder]);
  const bin = join(folder, "bin");
  await execute(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]);
  return bin;
}
