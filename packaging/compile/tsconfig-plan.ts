/**
 * Chooses the tsconfig for each file. The compiler refuses one that extends what is not installed (7 of 12 real projects:
 * `@tsconfig/recommended` is a devDependency); then it gets a file with the parts that can be read.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Jsx, jsxOf } from "./jsx.ts";
import { readTsconfig } from "./read-tsconfig.ts";
import { foldersUp, isFile } from "../source-files.ts";

/** Files of one folder share them; files with the same `key` can be compiled together. */
export interface CompilerSettings {
  key: string;
  /** `true`: let the compiler find the tsconfig. Else the path of a merged one. */
  tsconfig: true | string;
  jsx: Jsx;
  /** Folder of the tsconfig; undefined if there is none. */
  dir: string | undefined;
  /** Of the tsconfig, paths absolute. */
  options: Readonly<Record<string, unknown>>;
}

export class TsconfigPlan {
  readonly #scratch: string;
  readonly #byFolder = new Map<string, CompilerSettings>();
  readonly #byTsconfig = new Map<string | undefined, CompilerSettings>();
  readonly #written: string[] = [];
  readonly #absent = new Map<string, readonly string[]>();
  #distrusted = false;

  /** `scratch` is a folder for merged files; `clean` removes them. */
  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  settingsFor(file: string): CompilerSettings {
    const dir = path.dirname(file);
    const known = this.#byFolder.get(dir);
    if (known !== undefined) return known;
    const files = foldersUp(dir).map((at) => path.join(at, "tsconfig.json"));
    const settings = this.#decide(files.find(isFile));
    this.#byFolder.set(dir, settings);
    return settings;
  }

  /** Gives every file a merged tsconfig from now on, after the compiler refused a good one. Returns false if that was so before. */
  distrust(): boolean {
    if (this.#distrusted) return false;
    this.#distrusted = true;
    this.#byFolder.clear();
    this.#byTsconfig.clear();
    return true;
  }

  /** Extended files that do not exist, by tsconfig. */
  get absent(): ReadonlyMap<string, readonly string[]> {
    return this.#absent;
  }

  clean(): void {
    for (const file of this.#written) rmSync(file, { force: true });
  }

  #decide(file: string | undefined): CompilerSettings {
    const known = this.#byTsconfig.get(file);
    if (known !== undefined) return known;
    const { options, complete, absent } =
      file === undefined ? { options: {}, complete: true, absent: [] } : readTsconfig(file);
    if (file !== undefined && absent.length > 0) this.#absent.set(file, absent);
    const isOwn = file === undefined || (complete && !this.#distrusted);
    const tsconfig = isOwn ? true : this.#write(options);
    const jsx = jsxOf(options);
    const settings: CompilerSettings = {
      key: JSON.stringify([tsconfig, jsx]),
      tsconfig,
      jsx,
      dir: file && path.dirname(file),
      options,
    };
    this.#byTsconfig.set(file, settings);
    return settings;
  }

  #write(compilerOptions: Readonly<Record<string, unknown>>): string {
    const file = path.join(this.#scratch, `.tsconfig-${this.#written.length}.json`);
    mkdirSync(this.#scratch, { recursive: true });
    writeFileSync(file, JSON.stringify({ compilerOptions, include: [`${path.parse(file).root}**/*`] }));
    this.#written.push(file);
    return file;
  }
}
