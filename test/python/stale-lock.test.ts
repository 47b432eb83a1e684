/** A lock that does not fit its pyproject.toml any more, as a public project has it: the error says how to renew it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDependencies } from "../../packaging/python/dependencies.ts";
import { resolvePackages } from "../../packaging/python/resolve-packages.ts";
import { pythonTarget } from "../../packaging/python/target.ts";
import { interpreter } from "./python-server.ts";

const PROJECT = `
[project]
name = "moved-on"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["idna>=3.10"]
`;
const LOCK = `
version = 1
requires-python = ">=3.11"
[[package]]
name = "moved-on"
version = "1.0.0"
source = { editable = "." }
dependencies = [{ name = "idna" }]
[[package]]
name = "idna"
version = "3.4"
source = { registry = "https://index.example/simple" }
`;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "threadline-stale-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("versions of a lock that its project does not take any more", async () => {
  writeFileSync(join(folder, "pyproject.toml"), PROJECT);
  writeFileSync(join(folder, "uv.lock"), LOCK);

  const resolving = resolvePackages({
    uv: { cwd: folder, python: interpreter() },
    dependencies: readDependencies({ local: [folder], named: [] }),
    target: pythonTarget("x64", "3.11"),
    installed: [],
    imported: new Set(),
    scratch: join(folder, "scratch"),
  });

  await expect(resolving).rejects.toThrow(`If it is older than pyproject.toml, renew it: cd ${folder} && uv lock`);
});
