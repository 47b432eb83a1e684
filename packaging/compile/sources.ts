/** The state of a project's source files while they are compiled: which exist, which import which, and the problems of each. */
import path from "node:path";
import { isInstalled, type ModuleFormat } from "../source-files.ts";

export interface Problem {
  file: string;
  line?: number;
  message: string;
  /** The folder of a workspace package that must be built. */
  unbuilt?: string;
}

/** Why a file is compiled. A `computed` one may be imported by a computed name: its errors are warnings. */
export type Reach = "needed" | "computed";

export interface SourceFile {
  file: string;
  format: ModuleFormat;
  reach: Reach;
  /** Files it imports when it is loaded. */
  imports: Set<string>;
  /** The specifiers of packages that it imports, statically or dynamically: "zod/v4", "node:fs". */
  packages: Set<string>;
  /** The names that it exports; undefined if they are known only at run time. */
  exports: readonly string[] | undefined;
  problems: Problem[];
  /** It could not be compiled; its output throws. */
  broken: boolean;
}

export class Sources {
  readonly files = new Map<string, SourceFile>();
  readonly formatOf: (file: string) => ModuleFormat;

  constructor(formatOf: (file: string) => ModuleFormat) {
    this.formatOf = formatOf;
  }

  /** Adds a file. Returns true if it was unknown. A file stays `needed`. */
  add(file: string, reach: Reach): boolean {
    const known = this.files.get(file);
    if (known) {
      if (reach === "needed") known.reach = reach;
      return false;
    }
    const format = this.formatOf(file);
    const found = { imports: new Set<string>(), packages: new Set<string>(), exports: undefined, problems: [] };
    this.files.set(file, { file, format, reach, ...found, broken: false });
    return true;
  }

  get(file: string): SourceFile | undefined {
    return this.files.get(file);
  }

  report(problem: Problem, broken: boolean): void {
    const source = this.files.get(problem.file);
    if (!source) return;
    source.broken ||= broken;
    if (!source.problems.some((known) => known.message === problem.message && known.line === problem.line)) {
      source.problems.push(problem);
    }
  }

  /** The project's own files, without the source of installed packages. */
  own(): SourceFile[] {
    return [...this.files.values()].filter(({ file }) => !isInstalled(file));
  }

  /** The problems of `entry`: its own first, then those of its static imports, direct or not. */
  problemsOf(entry: string): Problem[] {
    const seen = new Set([entry]);
    for (const file of seen) for (const imported of this.files.get(file)?.imports ?? []) seen.add(imported);
    const inOrder = (a: Problem, b: Problem): number => (a.line ?? 0) - (b.line ?? 0);
    return [...seen].flatMap((file) => this.files.get(file)?.problems.toSorted(inOrder) ?? []);
  }

  /** Folders of workspace packages that lack imported files. */
  unbuilt(): Set<string> {
    const problems = [...this.files.values()].flatMap((source) => source.problems);
    return new Set(problems.flatMap(({ unbuilt }) => unbuilt ?? []));
  }

  /** The folder that holds all files and `dir`. */
  commonFolder(dir: string, common: (a: string, b: string) => string): string {
    let base = dir;
    for (const file of this.files.keys()) base = common(base, path.dirname(file));
    return base;
  }
}
