/** A Python with LangGraph and the official development server, from the package index. Installed once, below node_modules. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEnvironment, execute } from "../../local/ministack/python.ts";

const REQUIREMENTS = ["project/requirements.txt", "requirements.txt"].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
);
const CACHE = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/** A scenario that this machine cannot measure; the message says what is missing. */
export class Skipped extends Error {
  override name = "Skipped";
}

/** @returns the folder of its programs. Rejects with Skipped without a Python of 3.11 or newer, or without the package index. */
export async function installInterpreter(): Promise<string> {
  const script = "import venv, sys; assert sys.version_info >= (3, 11); print(sys.version)";
  const version = await execute("python3", ["-c", script]).catch(() => undefined);
  if (!version) throw new Skipped("there is no python3 of 3.11 or newer on PATH");
  const hash = createHash("sha256").update(version.stdout);
  for (const file of REQUIREMENTS) hash.update(readFileSync(file));
  const folder = join(CACHE, `bench-python-${hash.digest("hex").slice(0, 12)}`);
  const whole = join(folder, "installed");
  if (existsSync(whole)) return join(folder, "bin");
  rmSync(folder, { recursive: true, force: true });
  process.stderr.write("Installs LangGraph and its development server for Python …\n");
  try {
    const bin = await createEnvironment("python3", folder, REQUIREMENTS);
    writeFileSync(whole, "");
    return bin;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : String(error);
    throw new Skipped(`its packages cannot be installed: ${reason}`, { cause: error });
  }
}
