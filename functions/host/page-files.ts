/** The files of the page `/watch` beside the bundle of the API, where packaging puts them. Read when somebody opens the page. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PAGE } from "../protocol/compiled.ts";
import type { PageFiles } from "../http/watch/watch-routes.ts";

const FOLDER = fileURLToPath(new URL(PAGE, import.meta.url));

/** @throws Error where there are none; the next call tries again */
export async function readPageFiles(): Promise<PageFiles> {
  const names = await readdir(FOLDER);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(FOLDER, name), "utf8")] as const)),
  );
}
