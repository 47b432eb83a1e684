/**
 * Takes symbols that only debuggers read out of installed libraries, where this machine has a tool for the target's CPU. Python's packages
 * bring a third of their size in them. Copies of system libraries (`*.libs`) stay: they are patched, and some tools damage them.
 */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { filesBelow } from "../preflight/sizes.ts";

/** Each reads all CPUs, or says that it does not. */
const TOOLS = ["llvm-strip", "aarch64-linux-gnu-strip", "strip"];
const LIBRARY = /\.so(?:\.\d+)*$/;

/** A tool that fails changes nothing. */
export async function stripBinaries(folder: string): Promise<void> {
  const files = filesBelow(folder).filter(
    (file) => LIBRARY.test(file) && !/\.libs\//.test(path.relative(folder, file)),
  );
  for (const file of files) {
    for (const tool of TOOLS) if (await runs(tool, file)) break;
  }
}

const runs = (tool: string, file: string): Promise<boolean> =>
  promisify(execFile)(tool, ["--strip-unneeded", file]).then(
    () => true,
    () => false,
  );
