/** The CPython of an artefact: relocatable, brought by uv, without what only developers use. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../config/read-config.ts";
import { compileBytecode, type Compiler } from "./compile-bytecode.ts";
import { refuseForeign } from "./foreign-binaries.ts";
import { keptFolder } from "../kept-folders.ts";
import { PYTHON_KEPT } from "../limits.ts";
import { runUv, type Uv, UvError } from "./run-uv.ts";
import { isThisMachine, type PythonTarget } from "./target.ts";

export interface BroughtInterpreter {
  /** `bin/python3` and `lib/python3.N`, without packages. */
  folder: string;
  /** Such as 3.13.5. */
  version: string;
}

/** Of `lib/python3.N`: tests, windows, installers, what extensions are built with. Packages come apart. */
const UNUSED =
  /^(?:test|idlelib|tkinter|turtledemo|turtle\.py|ensurepip|lib2to3|pydoc_data|site-packages|config-.*|EXTERNALLY-MANAGED)$/;
/** Of `lib-dynload`. */
const UNUSED_MODULE = /^(?:_test|_ctypes_test|_tkinter|xx)/;
const VERSION_FILE = "version";
/** In the folder of an interpreter. */
export const PROGRAM = "bin/python3";

/** @throws ConfigError if it cannot be had */
export async function bringInterpreter(
  uv: Uv,
  target: PythonTarget,
  { cache, compiler }: { cache: string; compiler: Compiler },
): Promise<BroughtInterpreter> {
  const folder = await keptFolder(
    cache,
    { kind: "interpreter", key: target.interpreter, keep: PYTHON_KEPT },
    async (made) => {
      const brought = path.join(made, "brought");
      const source = await bring(uv, target, brought);
      const version = path.basename(source).split("-")[1] ?? target.version;
      copyInterpreter(source, path.join(made, "python"), target.version);
      rmSync(brought, { recursive: true });
      refuseForeign(path.join(made, "python"), target);
      await compileBytecode(compilerOf(compiler, target, path.join(made, "python")), [path.join(made, "python")]);
      writeFileSync(path.join(made, VERSION_FILE), version);
    },
  );
  return { folder: path.join(folder, "python"), version: readFileSync(path.join(folder, VERSION_FILE), "utf8") };
}

/** What is brought for this machine compiles itself, unless the project's own interpreter does. */
export function compilerOf(compiler: Compiler, target: PythonTarget, folder: string): Compiler {
  const { python = isThisMachine(target) ? path.join(folder, PROGRAM) : undefined } = compiler;
  return { ...compiler, python };
}

/** @returns the folder of the interpreter */
async function bring(uv: Uv, target: PythonTarget, to: string): Promise<string> {
  try {
    await runUv(uv, ["python", "install", target.interpreter, "--no-bin", "--managed-python", "--install-dir", to]);
  } catch (error) {
    if (!(error instanceof UvError)) throw error;
    throw new ConfigError(
      `uv cannot bring ${target.label}: ${error.message}\nWhere its source cannot be reached, UV_PYTHON_INSTALL_MIRROR names another one.`,
    );
  }
  const found = readdirSync(to, { withFileTypes: true }).find(
    (entry) => entry.isDirectory() && entry.name.startsWith("cpython-"),
  );
  if (!found) throw new ConfigError(`uv has brought no ${target.label}.`);
  return path.join(to, found.name);
}

/** Without links. The shared library goes only where the program does not contain it. */
export function copyInterpreter(from: string, to: string, version: string): void {
  const name = `python${version}`;
  const program = path.join(from, "bin", name);
  mkdirSync(path.join(to, "bin"), { recursive: true });
  cpSync(program, path.join(to, PROGRAM), { dereference: true });
  const modules = path.join(from, "lib", name);
  cpSync(modules, path.join(to, "lib", name), {
    recursive: true,
    dereference: true,
    filter: (file) => {
      const [first = "", second = ""] = path.relative(modules, file).split(path.sep);
      const isUnused = UNUSED.test(first) || (first === "lib-dynload" && UNUSED_MODULE.test(second));
      return !isUnused && path.basename(file) !== "__pycache__";
    },
  });
  const library = `lib${name}.so.1.0`;
  if (readFileSync(program).includes(library))
    cpSync(path.join(from, "lib", library), path.join(to, "lib", library), { dereference: true });
}
