/** A Python child where things go wrong before a graph runs. Needs a python3, and no package. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openChildren } from "../../functions/engine/python/process/project-children.ts";
import { agreedWith } from "../../functions/engine/python/process/hello.ts";
import { ChildError, ChildGone } from "../../functions/engine/python/process/child.ts";

const hasPython = (() => {
  try {
    execFileSync("python3", ["-c", "import sys; assert sys.version_info >= (3, 11)"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "threadline-child-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, line: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
  return path;
}

const started = (python: string | undefined) =>
  openChildren({
    python,
    environment: () => Promise.resolve(process.env),
    hello: { dir: folder, paths: [], graphs: {}, agreed: agreedWith("show") },
  }).get();

test("no interpreter: an error that says so", async () => {
  await expect(started(undefined)).rejects.toThrow("there is no Python with langgraph for this project");
});

test("one that is not there, or ends at once: an error that names what happened", async () => {
  await expect(started(join(folder, "nowhere"))).rejects.toThrow(ChildGone);
  await expect(started(program("ends", "exit 3"))).rejects.toThrow(ChildGone);
});

test.skipIf(!hasPython)("no LangGraph (skipped without a python3 of 3.11 or newer): the missing package", async () => {
  const bare = program("bare", 'exec python3 -S "$@"');

  const failed = await started(bare).catch((error: unknown) => error);

  expect(failed).toBeInstanceOf(ChildError);
  expect(failed).toMatchObject({ name: "ModuleNotFoundError", message: "No module named 'langgraph'" });
});

test.skipIf(!hasPython)("it ends with this process's end of the socket (skipped likewise)", async () => {
  const script = `
    import { startChild } from ${JSON.stringify(new URL("../../functions/engine/python/process/child.ts", import.meta.url).href)};
    console.log(startChild({ python: "python3", env: process.env, dir: "." }).pid);
  `;
  const pid = Number(
    execFileSync(process.execPath, ["--input-type=module-typescript", "-e", script], { encoding: "utf8" }),
  );

  expect(pid).toBeGreaterThan(0);
  await expect
    .poll(() => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    })
    .toBe(false);
});
