/**
 * Names of a project's files other than paths: `paths` and `baseUrl` of tsconfig, `imports` of package.json, packages of the workspace.
 * Finds what a computed import may mean by them, and collects those that are needed at run time.
 */
import path from "node:path";
import type { Alias } from "../../functions/protocol/manifest.ts";
import {
  findInstalled,
  isInside,
  isInstalled,
  isRecord,
  type PackageFolders,
  packageName,
  toPosix,
} from "../source-files.ts";
import type { CompilerSettings } from "./tsconfig-plan.ts";

interface Name {
  /** The name is valid in files below it. */
  dir: string;
  /** With one `*` at most. */
  pattern: string;
  /** Absolute paths, with `*` where the pattern has it. */
  targets: string[];
}

export class Aliases {
  readonly #settingsFor: (file: string) => CompilerSettings;
  readonly #packages: PackageFolders;
  readonly #used = new Map<string, Name>();

  constructor(settingsFor: (file: string) => CompilerSettings, packages: PackageFolders) {
    this.#settingsFor = settingsFor;
    this.#packages = packages;
  }

  /** Folders and files that `file` may import by names that begin with `beginning`. */
  placesFor(file: string, beginning: string): string[] {
    return this.#namesFor(file, beginning).flatMap((name) => {
      const [prefix = ""] = name.pattern.split("*");
      if (!prefix.startsWith(beginning) && (!beginning.startsWith(prefix) || !name.pattern.includes("*"))) return [];
      // A pattern for every name is useful only together with a folder.
      if (prefix === "" && !beginning.includes("/")) return [];
      this.#used.set(`${name.dir} ${name.pattern}`, name);
      return name.targets.map((target) => targetOf(target, beginning.slice(prefix.length)));
    });
  }

  /** The names that a project may import at run time, with their targets inside of `base`. */
  used(base: string): Alias[] {
    const from = (at: string): string => toPosix(path.relative(base, at));
    return [...this.#used.values()].flatMap(({ dir, pattern, targets }) => {
      const inside = targets.filter((target) => isInside(base, target));
      const scope = isInside(base, dir) ? from(dir) : "";
      return inside.length === 0 ? [] : [{ dir: scope, pattern, targets: inside.map(from) }];
    });
  }

  #namesFor(file: string, beginning: string): Name[] {
    const near = this.#packages.of(file);
    return [
      ...(near === undefined ? [] : fromSubpaths(near.dir, near.manifest["imports"], near.dir, "")),
      ...fromTsconfig(this.#settingsFor(file)),
      ...this.#fromWorkspace(file, beginning),
    ];
  }

  #fromWorkspace(file: string, beginning: string): Name[] {
    const name = packageName(beginning);
    if (!beginning.startsWith(`${name}/`) || !/^(?:@[^/]+\/)?[\w.-]+$/.test(name)) return [];
    const real = findInstalled(name, path.dirname(file))?.real;
    const owner = this.#packages.owner(file)?.dir;
    if (real === undefined || owner === undefined || isInstalled(real)) return [];
    const { exports } = this.#packages.of(path.join(real, "package.json"))?.manifest ?? {};
    if (exports === undefined) return [{ dir: owner, pattern: `${name}/*`, targets: [path.join(real, "*")] }];
    return fromSubpaths(owner, exports, real, name);
  }
}

/** The folder of the files whose names begin so; the target itself if it is one file. */
function targetOf(target: string, rest: string): string {
  const at = target.indexOf("*");
  if (at === -1) return target;
  const start = target.slice(0, at) + rest;
  return path.normalize(start.slice(0, start.lastIndexOf(path.sep) + 1));
}

function fromTsconfig({ dir, options: { paths, baseUrl } }: CompilerSettings): Name[] {
  if (dir === undefined) return [];
  const listed = Object.entries(isRecord(paths) ? paths : {}).map(([pattern, to]): Name => {
    const targets = (Array.isArray(to) ? to : []).filter((one): one is string => typeof one === "string");
    return { dir, pattern, targets };
  });
  return typeof baseUrl === "string" ? [...listed, { dir, pattern: "*", targets: [path.join(baseUrl, "*")] }] : listed;
}

/** Names of `imports` or `exports`, with the targets of all conditions. */
function fromSubpaths(dir: string, subpaths: unknown, folder: string, name: string): Name[] {
  return Object.entries(isRecord(subpaths) ? subpaths : {}).flatMap(([key, to]) => {
    if (!/^[.#]/.test(key)) return [];
    const targets = leaves(to).filter((one) => one.startsWith("./"));
    return [{ dir, pattern: name + key.replace(/^\./, ""), targets: targets.map((one) => path.join(folder, one)) }];
  });
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Object.values(Array.isArray(value) || isRecord(value) ? value : []).flatMap(leaves);
}
