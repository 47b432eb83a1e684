/**
 * Byte code beside the sources. Valid whatever the files' dates are: a ZIP changes them, and what Python then takes for stale it compiles
 * at every start, which takes a second.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { runUv, type Uv } from "./run-uv.ts";

export interface Compiler {
  /** An interpreter of the same minor version; undefined = uv finds or brings one. */
  python: string | undefined;
  version: string;
  uv: Uv;
}

/**
 * What cannot be compiled (templates, code for older Pythons) stays as it is. Files are named below Lambda's folder: so the same source
 * gives the same bytes, wherever it is built.
 */
const COMPILE = `
import compileall, re, sys
from py_compile import PycInvalidationMode
for folder in sys.argv[1:]:
    compileall.compile_dir(
        folder, maxlevels=50, quiet=2, force=True, rx=re.compile("/node_modules/"), stripdir=folder,
        prependdir="/var/task", invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
`;

export async function compileBytecode({ python, version, uv }: Compiler, folders: readonly string[]): Promise<void> {
  const args = ["-I", "-c", COMPILE, ...folders];
  // The order in a set would be another one in each process, and so would be the bytes.
  const env = { ...process.env, PYTHONHASHSEED: "0" };
  if (python !== undefined) await promisify(execFile)(python, args, { env });
  else await runUv(uv, ["run", "--quiet", "--no-project", "--python", version, "python", ...args]);
}
