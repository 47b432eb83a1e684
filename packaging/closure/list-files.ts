/**
 * Lists the files of a package that go into the artefact: all but those that only readers, debuggers and compilers use. Folder names decide
 * nothing: packages have code in folders called test, docs, even node_modules.
 */
import { readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { InstalledPackage } from "./installed-package.ts";

export interface PackageFile {
  /** Relative to the package, with `/`. */
  name: string;
  /** Absolute; what a link points to. */
  source: string;
  bytes: number;
  /** ms since 1970 */
  changedAt: number;
  executable: boolean;
}

/**
 * The suffix decides: core's own `history.js` is code. Tests in TypeScript go, for Node runs no TypeScript of a package; `*.test.js` stays,
 * for it may be code, as in core-js.
 */
const PRUNED = /\.map$|\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?tsx?$|^(?:readme|changelog|history)(?:\.md|\.txt)?$/i;

/** TypeScript needs its declaration files when it runs. */
const KEPT_WHOLE = new Set(["typescript"]);
/** The source of a compiled package, for debuggers. A package whose entries are TypeScript has no other code. */
const SOURCE = /^src\/.*\.[cm]?tsx?$/;
const TYPESCRIPT = /(?<!\.d)\.(?:[cm]?ts|tsx)"/;
const ENTRIES = ["main", "module", "exports", "imports", "bin"];

/** Links are followed, since the artefact has none. Broken and circular ones are ignored. */
export function listFiles({
  dir,
  name: packageName,
  manifest,
}: Pick<InstalledPackage, "dir" | "name" | "manifest">): PackageFile[] {
  const whole = KEPT_WHOLE.has(packageName);
  const isSource = ENTRIES.some((field) => TYPESCRIPT.test(JSON.stringify(manifest[field] ?? "")));
  const found: PackageFile[] = [];
  const visit = (folder: string, prefix: string, above: readonly string[]): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const source = path.join(folder, entry.name);
      const stats = entry.isSymbolicLink() || entry.isFile() ? statSync(source, { throwIfNoEntry: false }) : undefined;
      if (entry.isDirectory() || stats?.isDirectory()) {
        const real = realpathSync(source);
        // A node_modules at the top of a package was installed; any other was published with it.
        const installed = prefix === "" && entry.name === "node_modules";
        if (!installed && entry.name !== ".git" && !above.includes(real)) {
          visit(source, `${prefix}${entry.name}/`, [...above, real]);
        }
      } else if (
        stats?.isFile() &&
        (whole || !(PRUNED.test(entry.name) || (!isSource && SOURCE.test(prefix + entry.name))))
      ) {
        const { size, mtimeMs, mode } = stats;
        const name = prefix + entry.name;
        found.push({ name, source, bytes: size, changedAt: mtimeMs, executable: (mode & 0o111) !== 0 });
      }
    }
  };
  visit(dir, "", [dir]);
  return found;
}
