/**
 * Packages of a project that lie in folders, built as wheels. Their modules come with the project's own files; of a wheel goes what says
 * that it is installed (name, version, entry points), and modules that are in none of the folders where the project is searched.
 */
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../config/read-config.ts";
import { neverFile, neverFolder } from "../../functions/protocol/left-out.ts";
import { folderLeftOut } from "../mirror/left-out.ts";
import { pythonModules } from "../mirror/python-modules.ts";
import { compileBytecode, type Compiler } from "./compile-bytecode.ts";
import { isInstallers } from "./installer-files.ts";
import { refuseForeign } from "./foreign-binaries.ts";
import { keptFolder } from "../kept-folders.ts";
import { PYTHON_KEPT } from "../limits.ts";
import { byPython, runUv, type Uv, UvError } from "./run-uv.ts";
import type { PythonTarget } from "./target.ts";

export interface OwnWheelsOptions {
  uv: Uv;
  target: PythonTarget;
  compiler: Compiler;
  cache: string;
  /** Folders of packages, absolute. */
  dirs: readonly string[];
  /** What the builds are made of, besides modules. */
  texts: readonly string[];
  /** Where the project's modules are searched, absolute. */
  paths: readonly string[];
}

/** The content of the packages' modules when a wheel gave some that are nowhere else. */
const MODULES = "modules";

/** @returns a folder for `site-packages`. @throws ConfigError that names the package which cannot be built */
export async function buildOwnWheels(options: OwnWheelsOptions): Promise<string> {
  const { uv, target, compiler, cache, dirs, texts, paths } = options;
  const key = hashOf([target.interpreter, ...dirs, ...paths, ...texts]).slice(0, 16);
  const isValid = (at: string): boolean => {
    const record = path.join(at, MODULES);
    return !existsSync(record) || readFileSync(record, "utf8") === contentOf(dirs);
  };
  const folder = await keptFolder(cache, { kind: "own", key, keep: PYTHON_KEPT, isValid }, async (made) => {
    const to = path.join(made, "site-packages");
    mkdirSync(to);
    let hasModules = false;
    for (const dir of dirs) {
      const scratch = path.join(made, "scratch");
      await build(uv, { target, python: compiler.python }, dir, scratch);
      hasModules = takeParts(path.join(scratch, "wheel"), to, paths) || hasModules;
      rmSync(scratch, { recursive: true });
    }
    refuseForeign(to, target);
    if (hasModules) writeFileSync(path.join(made, MODULES), contentOf(dirs));
    await compileBytecode(compiler, [to]);
  });
  return path.join(folder, "site-packages");
}

/** Of a copy, since builds leave files beside the sources; without the history of which some make their version. */
async function build(
  uv: Uv,
  { target, python }: { target: PythonTarget; python: string | undefined },
  dir: string,
  scratch: string,
): Promise<void> {
  const copy = path.join(scratch, "source");
  copySource(dir, copy);
  const to = path.join(scratch, "wheel");
  const options = [
    "--quiet",
    "--no-deps",
    "--no-sources",
    "--link-mode",
    "copy",
    "--target",
    to,
    ...target.options,
    ...byPython(python),
  ];
  await runUv(uv, ["pip", "install", ...options, copy], { SETUPTOOLS_SCM_PRETEND_VERSION: "0" }).catch(
    (error: unknown) => {
      if (!(error instanceof UvError)) throw error;
      throw new ConfigError(`${dir} cannot be built for ${target.label}: ${error.message.replaceAll(copy, dir)}`);
    },
  );
}

/** Not what is installed, written by tools, or linked from elsewhere. The copy may be below. */
function copySource(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    const isLeftOut = (neverFolder(entry.name) ?? folderLeftOut(source, [])) !== undefined;
    if (entry.isDirectory() && !isLeftOut) copySource(source, target);
    else if (entry.isFile() && neverFile(entry.name) === undefined) copyFileSync(source, target);
  }
}

/** @returns whether it has modules that are not on the project's paths */
function takeParts(wheel: string, to: string, paths: readonly string[]): boolean {
  const isHere = (name: string): boolean => paths.some((dir) => existsSync(path.join(dir, name)));
  const parts = readdirSync(wheel).filter((name) => name !== "bin" && name !== "__pycache__" && !name.startsWith("."));
  const modules = parts.filter((name) => !name.endsWith(".dist-info") && !isHere(name));
  const stated = parts.filter((name) => name.endsWith(".dist-info"));
  for (const name of [...modules, ...stated])
    cpSync(path.join(wheel, name), path.join(to, name), { recursive: true, filter: isReproducible });
  return modules.length > 0;
}

const isReproducible = (file: string): boolean => !isInstallers(path.basename(file));

const contentOf = (dirs: readonly string[]): string =>
  hashOf(
    pythonModules(dirs)
      .files.toSorted()
      .map((file) => readFileSync(file, "utf8")),
  );

const hashOf = (texts: readonly string[]): string => createHash("sha256").update(JSON.stringify(texts)).digest("hex");
