/** Creates a Python environment with packages of the package index in one folder, which can be removed. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

export const execute = promisify(execFile);

/** Undefined if there is no suitable Python. */
export async function findPython(): Promise<string | undefined> {
  const found = await execute("python3", ["-c", "import venv, sys; assert sys.version_info >= (3, 10)"]).catch(
    () => undefined,
  );
  return found && "python3";
}

/**
 * @param requirements files that name what is installed
 * @returns the folder of its programs
 */
export async function createEnvironment(
  python: string,
  folder: string,
  requirements: readonly string[],
): Promise<string> {
  await execute(python, ["-m", "venv", folder]);
  const bin = join(folder, "bin");
  const files = requirements.flatMap((file) => ["-r", file]);
  await execute(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", ...files]);
  return bin;
}
