/** Which interpreter `npm start` takes for a project. The interpreters are scripts that answer as one would. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findPython } from "../../packaging/python/find-python.ts";
import { isAtLeast } from "../../packaging/is-at-least.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "threadline-find-python-"));
  mkdirSync(join(root, "repository", "app"), { recursive: true });
  mkdirSync(join(root, "repository", ".git"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @param langgraph null = not installed */
function interpreter(place: string, python: string, langgraph: string | null): string {
  const path = join(root, place, "bin", "python");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${JSON.stringify({ python, langgraph })}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const find = (env: Record<string, string> = {}, asked?: string) =>
  findPython({ dir: join(root, "repository", "app"), env, asked });

test("an activated environment comes before the project's, and that before those above it", async () => {
  const above = interpreter("repository/.venv", "3.12.1", "1.2.0");
  expect(await find()).toMatchObject({ path: above });

  const own = interpreter("repository/app/venv", "3.13.0", "0.6.11");
  expect(await find()).toEqual({ path: own, python: "3.13.0", langgraph: "0.6.11" });

  const active = interpreter("active", "3.11.7", "1.0.5");
  expect(await find({ VIRTUAL_ENV: join(root, "active") })).toMatchObject({ path: active });
});

test("one that lacks the packages is passed over, and nothing outside of the repository is looked at", async () => {
  interpreter("repository/app/.venv", "3.12.1", null);
  interpreter(".venv", "3.12.1", "1.2.0");
  const conda = interpreter("conda", "3.11.1", "0.2.74");

  expect(await find({ CONDA_PREFIX: join(root, "conda") })).toMatchObject({ path: conda });
});

test.each([
  ["too old a Python", "3.10.14", "1.2.0", "is Python 3.10.14: 3.11 or newer is needed"],
  ["too old a LangGraph", "3.12.1", "0.2.60", "has langgraph 0.2.60: 0.2.74 or newer is needed"],
  ["no LangGraph", "3.12.1", null, "has no langgraph"],
])("the one that is asked for has %s: why, and no other one", async (_, python, langgraph, why) => {
  const asked = interpreter("asked", python, langgraph);
  interpreter("repository/app/.venv", "3.12.1", "1.2.0");

  const found = await find({}, asked);

  expect(found).toEqual({ missing: expect.stringContaining(asked) });
  expect(found).toEqual({ missing: expect.stringContaining(why) });
});

test.each([
  ["uv.lock", "uv sync"],
  ["pyproject.toml", ".venv/bin/pip install -e ."],
  ["requirements.txt", ".venv/bin/pip install -r requirements.txt"],
])("a project with %s is told: %s", async (file, command) => {
  writeFileSync(join(root, "repository", "app", file), "");

  expect(await find({}, join(root, "nowhere"))).toEqual({ missing: expect.stringContaining(command) });
});

test("versions are compared by their numbers", () => {
  expect(["3.11", "3.11.0rc1", "3.13.2", "4"].map((one) => isAtLeast(one, "3.11"))).toEqual([true, true, true, true]);
  expect(["3.9.20", "3.10", "2.99"].map((one) => isAtLeast(one, "3.11"))).toEqual([false, false, false]);
});
