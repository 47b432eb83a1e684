/** Runs of the graph `slow`, each of whose steps waits until the test opens it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folders: string[] = [];

/** Gone after the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "threadline-slow-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
}

/** The steps that have begun. */
export const begun = (folder: string): string[] => readFileSync(join(folder, "begun"), "utf8").trim().split("\n");

export const open = (folder: string, ...steps: number[]): void =>
  steps.forEach((step) => writeFileSync(join(folder, `open-${step}`), ""));
