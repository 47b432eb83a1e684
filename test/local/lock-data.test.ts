import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockData } from "../../local/lock-data.ts";
import { Problem } from "../../local/problem.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a free folder is made, taken and given back", () => {
  const data = join(folder, "a", "b");

  const release = lockData(data);
  const holder = readFileSync(join(data, "lock"), "utf8");
  release();

  expect(holder).toBe(String(process.pid));
  expect(existsSync(join(data, "lock"))).toBe(false);
});

test("the lock of a living process counts", () => {
  writeFileSync(join(folder, "lock"), String(process.ppid));

  expect(() => lockData(folder)).toThrow(Problem);
  expect(readFileSync(join(folder, "lock"), "utf8")).toBe(String(process.ppid));
});

test.each([
  ["of a process that has ended", () => String(spawnSync(process.execPath, ["--version"]).pid)],
  ["that is empty, for its writer was killed", () => ""],
])("a lock %s counts for nothing", (_, content) => {
  writeFileSync(join(folder, "lock"), content());

  lockData(folder);

  expect(readFileSync(join(folder, "lock"), "utf8")).toBe(String(process.pid));
});
