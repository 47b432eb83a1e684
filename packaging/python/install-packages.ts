/** Installs the packages of Python that an artefact gets: wheels for the target, pruned, stripped and compiled. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../config/read-config.ts";
import { compileBytecode, type Compiler } from "./compile-bytecode.ts";
import type { Dependencies } from "./dependencies.ts";
import { refuseForeign } from "./foreign-binaries.ts";
import { keptFolder } from "../kept-folders.ts";
import { PYTHON_KEPT } from "../limits.ts";
import { type PythonPackage, packagesIn, pruneEnvironment } from "./environment.ts";
import { resolvePackages } from "./resolve-packages.ts";
import { byPython, runUv, type Uv, UvError } from "./run-uv.ts";
import { stripBinaries } from "./strip-binaries.ts";
import type { PythonTarget } from "./target.ts";

export interface InstalledPython {
  /** For `site-packages`. */
  folder: string;
  packages: PythonPackage[];
  /** Left out, as nothing that is served needs them. */
  idle: string[];
  /** Folders of packages that the project's packages need beside its own, absolute. */
  local: string[];
}

export interface InstallPythonOptions {
  uv: Uv;
  dependencies: Dependencies;
  target: PythonTarget;
  /** `name==version` of what is installed here. */
  installed: readonly string[];
  /** Top-level names that the project's code imports. */
  imported: ReadonlySet<string>;
  cache: string;
  compiler: Compiler;
}

/** Changes when the same packages are installed in another way. */
const RECIPE = "1";
const DESCRIBED = "packages.json";

/** @throws ConfigError that names the package which has no wheel or cannot be built */
export async function installPythonPackages(options: InstallPythonOptions): Promise<InstalledPython> {
  const { cache, target, dependencies, imported, installed, uv, compiler } = options;
  const parts = [RECIPE, target.options, installed, [...imported].toSorted(), dependencies.texts, dependencies.named];
  const key = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
  const at = await keptFolder(cache, { kind: "packages", key, keep: PYTHON_KEPT }, async (made) => {
    const scratch = path.join(made, "scratch");
    const folder = path.join(made, "site-packages");
    mkdirSync(folder);
    const { pinned, built, idle } = await resolvePackages({ ...options, scratch });
    const local = built.flatMap((line) => folderOf(line, uv.cwd));
    const fetched = built.filter((line) => folderOf(line, uv.cwd).length === 0);
    const add = async (lines: readonly string[], only: readonly string[]): Promise<void> => {
      if (lines.length === 0) return;
      const file = path.join(scratch, "install.txt");
      writeFileSync(file, lines.join("\n"));
      const how = [
        "--quiet",
        "--no-deps",
        "--link-mode",
        "copy",
        "--target",
        folder,
        ...target.options,
        ...byPython(compiler.python),
      ];
      await runUv(uv, ["pip", "install", ...how, ...only, "-r", file]);
    };
    try {
      await add(pinned, ["--only-binary", ":all:"]);
      await add(fetched, []);
    } catch (error) {
      if (!(error instanceof UvError)) throw error;
      throw new ConfigError(`The packages of Python cannot be installed for ${target.label}: ${error.message}`);
    }
    rmSync(scratch, { recursive: true });
    pruneEnvironment(folder);
    refuseForeign(folder, target);
    await stripBinaries(folder);
    await compileBytecode(compiler, [folder]);
    writeFileSync(path.join(made, DESCRIBED), JSON.stringify({ packages: packagesIn(folder), idle, local }));
  });
  const described = JSON.parse(readFileSync(path.join(at, DESCRIBED), "utf8")) as Omit<InstalledPython, "folder">;
  return { folder: path.join(at, "site-packages"), ...described };
}

/** `-e .`, `./lib`, `lib @ file:///lib`: the folder, absolute; nothing for what comes from elsewhere. */
function folderOf(line: string, from: string): string[] {
  const [, at] = /^(?:-e )?(?:[\w.-]+\s*@\s*)?(?:file:\/\/)?([./][^\s;]*)/.exec(line) ?? [];
  return at === undefined ? [] : [path.resolve(from, decodeURI(at))];
}
