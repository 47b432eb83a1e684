/** Runs uv, which resolves and installs packages of Python and brings interpreters. It is the user's, with the user's settings. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { ConfigError } from "../config/read-config.ts";

/** Bytes that uv may print. */
const OUTPUT = 16_000_000;

export interface Uv {
  /** Of a project: uv looks for its settings there and above. */
  cwd: string;
  /** The project's interpreter: beside it an environment may have a uv of its own. */
  python: string | undefined;
}

/**
 * @param defaults variables that count unless they are set
 * @returns what it prints
 * @throws ConfigError if there is none; UvError
 */
export async function runUv(
  { cwd, python }: Uv,
  args: readonly string[],
  defaults: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...defaults, ...process.env };
  const beside = python === undefined || !path.isAbsolute(python) ? [] : [path.join(path.dirname(python), "uv")];
  for (const uv of ["uv", ...beside]) {
    try {
      const { stdout } = await promisify(execFile)(uv, ["--no-progress", "--color", "never", ...args], {
        cwd,
        env,
        maxBuffer: OUTPUT,
      });
      return stdout;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code === "ENOENT") continue;
      throw new UvError("stderr" in error ? String(error.stderr) : error.message);
    }
  }
  throw new ConfigError(
    "Packages of Python are installed for Lambda by uv, which is not on PATH: python3 -m pip install uv",
  );
}

/** Options for its commands `pip`: by which interpreter they ask and build, where it is known. */
export const byPython = (python: string | undefined): string[] => (python === undefined ? [] : ["--python", python]);

/** uv could not do it; the message has its own words. */
export class UvError extends Error {
  override readonly name = "UvError";

  constructor(printed: string) {
    super(printed.replaceAll(/^\s*(?:error|cause):\s*/gm, "").trim());
  }
}
