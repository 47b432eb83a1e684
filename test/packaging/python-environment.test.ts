/** What of an interpreter and of installed packages goes into an artefact, and what of the project's own files. */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildProject } from "../../packaging/compile-project.ts";
import { copyInterpreter } from "../../packaging/python/bring-interpreter.ts";
import { packagesIn, pruneEnvironment } from "../../packaging/python/environment.ts";
import { refuseForeign } from "../../packaging/python/foreign-binaries.ts";
import { keptFolder } from "../../packaging/kept-folders.ts";
import { pythonTarget } from "../../packaging/python/target.ts";
import { TemporaryProject } from "./temporary-project.ts";

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith("node_modules/"))
    .toSorted();

test("an interpreter goes without tests, installers and packages; its library only if the program needs it", async () => {
  await using project = await TemporaryProject.write({
    "from/bin/python3.13": "needs libpython3.13.so.1.0",
    "from/lib/libpython3.13.so.1.0": "",
    "from/lib/libpython3.13.a": "",
    "from/include/python3.13/Python.h": "",
    "from/lib/python3.13/os.py": "",
    "from/lib/python3.13/__pycache__/os.cpython-313.pyc": "",
    "from/lib/python3.13/test/test_os.py": "",
    "from/lib/python3.13/unittest/mock.py": "",
    "from/lib/python3.13/ensurepip/pip.whl": "",
    "from/lib/python3.13/config-3.13-x86_64/libpython.a": "",
    "from/lib/python3.13/site-packages/pip/__init__.py": "",
    "from/lib/python3.13/lib-dynload/_ssl.so": "",
    "from/lib/python3.13/lib-dynload/_testcapi.so": "",
  });
  const from = path.join(project.dir, "from");

  copyInterpreter(from, path.join(project.dir, "shared"), "3.13");
  writeFileSync(path.join(from, "bin/python3.13"), "contains all");
  copyInterpreter(from, path.join(project.dir, "static"), "3.13");

  const kept = [
    "bin/python3",
    "lib/python3.13/lib-dynload/_ssl.so",
    "lib/python3.13/os.py",
    "lib/python3.13/unittest/mock.py",
  ];
  expect(filesIn(path.join(project.dir, "static"))).toEqual(kept);
  expect(filesIn(path.join(project.dir, "shared"))).toEqual([kept[0], "lib/libpython3.13.so.1.0", ...kept.slice(1)]);
});

test("packages go without tests, programs and traces of their installation; a folder named tests may be code", async () => {
  await using project = await TemporaryProject.write({
    "bin/tool": "",
    "a/__init__.py": "12345",
    "a/__pycache__/__init__.cpython-313.pyc": "123",
    "a/tests/test_a.py": "",
    "a/tests/data/x.json": "",
    "a/testing/__init__.py": "",
    "b/tests/__init__.py": "",
    "b/tests/rules.py": "",
    "a_name-1.0.dist-info/METADATA": "",
    "a_name-1.0.dist-info/direct_url.json": "",
    "a_name-1.0.dist-info/RECORD": "a/__init__.py,sha256=x,5\na/tests/test_a.py,,\n",
  });

  pruneEnvironment(project.dir);

  expect(filesIn(project.dir)).toEqual([
    "a/__init__.py",
    "a/testing/__init__.py",
    "a_name-1.0.dist-info/METADATA",
    "a_name-1.0.dist-info/RECORD",
    "b/tests/__init__.py",
    "b/tests/rules.py",
  ]);
  expect(packagesIn(project.dir)).toEqual([{ name: "a-name", version: "1.0", bytes: 5 }]);
});

test("a library for another CPU is refused by its name", async () => {
  await using project = await TemporaryProject.write({});
  const elf = Buffer.alloc(64);
  elf.write("\u007fELF\u0002\u0001\u0001", "latin1");
  elf.writeUInt16LE(62, 18);
  mkdirSync(path.join(project.dir, "own"));
  writeFileSync(path.join(project.dir, "own/fast.so"), elf);

  expect(() => refuseForeign(project.dir, pythonTarget("x64", "3.13"))).not.toThrow();
  expect(() => refuseForeign(project.dir, pythonTarget("arm64", "3.13"))).toThrow(
    "Not for Python 3.13 on linux arm64: own/fast.so (linux x64)",
  );
});

test("a Python that LangGraph's interrupts do not work in is refused", () => {
  expect(() => pythonTarget("x64", "3.10")).toThrow('"python_version" of langgraph.json is 3.10: 3.11 or newer');
  expect(pythonTarget("arm64", "3.14").interpreter).toBe("cpython-3.14-linux-aarch64-gnu");
});

test("what is made once is used again, until it is not valid; the four last used of a kind are kept", async () => {
  await using project = await TemporaryProject.write({});
  const made: string[] = [];
  const make = (key: string, isValid?: () => boolean) =>
    keptFolder(project.dir, { kind: "packages", key, keep: 4, ...(isValid && { isValid }) }, (folder) => {
      made.push(key);
      writeFileSync(path.join(folder, "it"), key);
      return Promise.resolve();
    });

  const first = await make("1");
  expect(await make("1")).toBe(first);
  await make("1", () => false);
  await expect(
    keptFolder(project.dir, { kind: "packages", key: "x", keep: 4 }, () => Promise.reject(new Error("no wheel"))),
  ).rejects.toThrow("no wheel");

  expect(made).toEqual(["1", "1"]);
  expect(readdirSync(project.dir).filter((name) => name !== "node_modules")).toEqual(["packages-1"]);
  for (const key of ["2", "3", "4", "5"]) await make(key);
  expect(readdirSync(project.dir)).toHaveLength(5);
  expect(statSync(path.join(project.dir, "packages-5", "it")).size).toBe(1);
});

test("the mirror of a deployment has a project's Python files, those of its folders of packages, and no environment", async () => {
  await using project = await TemporaryProject.write({
    "app/langgraph.json": { dependencies: [".", "../shared"], graphs: { g: "./agent/graph.py:graph" } },
    "app/agent/graph.py": "",
    "app/agent/prompt.md": "",
    "app/agent/__pycache__/graph.cpython-313.pyc": "",
    "app/.env": "KEY=1",
    "app/env/pyvenv.cfg": "",
    "app/env/lib/python3.13/site-packages/x.py": "",
    "app/.mypy_cache/x.json": "",
    "app/uv.lock": "",
    "shared/src/shared/__init__.py": "",
    "other/x.py": "",
  });

  const out = path.join(project.dir, "out");
  const { manifest } = await buildProject({ config: path.join(project.dir, "app/langgraph.json"), out, links: false });

  expect(filesIn(out)).toEqual([
    "app/.bridge.mjs",
    "app/agent/graph.py",
    "app/agent/prompt.md",
    "app/langgraph.json",
    "manifest.json",
    "package.json",
    "shared/src/shared/__init__.py",
  ]);
  expect(manifest).toMatchObject({ config_dir: "app", python: { paths: [".", "../shared", "../shared/src"] } });
  expect(manifest.graphs["g"]).not.toHaveProperty("error");
});
