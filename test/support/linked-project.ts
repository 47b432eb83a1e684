/** A project in a folder of its own, with the packages of this repository. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export interface LinkedProject {
  folder: string;
  remove: () => void;
}

/** @param files texts by their paths in the folder */
export function linkedProject(files: Record<string, string>): LinkedProject {
  const folder = mkdtempSync(join(tmpdir(), "threadline-project-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
