/** Packages of a project that lie in folders: what is read of their files, without a build. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { isFile, isFolder } from "../source-files.ts";

export interface LocalPackage {
  /** Absolute. */
  dir: string;
  /** As its files state it; undefined if only its build tells. */
  name: string | undefined;
}

/** Empty for a file that is not there. */
export const textOf = (file: string): string => (isFile(file) ? readFileSync(file, "utf8") : "");

/** Undefined for a folder of modules alone: its pyproject.toml, if it has one, is only for tools. */
export function localPackage(dir: string): LocalPackage | undefined {
  const text = textOf(path.join(dir, "pyproject.toml"));
  const stated = /^\[(?:project|tool\.poetry)\]\s*$([^]*?)(?=^\[|$(?![^]))/m.exec(text)?.[1];
  const name = stated === undefined ? undefined : /^name\s*=\s*["']([^"']+)["']/m.exec(stated)?.[1];
  if (stated !== undefined) return { dir, name };
  if (!isFile(path.join(dir, "setup.py"))) return undefined;
  const [, set] =
    /\bname\s*=\s*["']?([\w.-]+)/.exec(textOf(path.join(dir, "setup.py")) + textOf(path.join(dir, "setup.cfg"))) ?? [];
  return { dir, name: set };
}

/** Folders that a pyproject.toml or a requirements file names beside its own, at all depths. */
export function namedFolders(dirs: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (dir: string): void => {
    if (found.has(dir) || !isFolder(dir)) return;
    found.add(dir);
    const listed = textOf(path.join(dir, "requirements.txt")).matchAll(
      /^(?:-e|--editable)?\s*((?:\.|file:\/\/)[^\s;#[]*)/gm,
    );
    const sources = textOf(path.join(dir, "pyproject.toml")).matchAll(/\bpath\s*=\s*["']([^"']+)["']/g);
    for (const [, at = ""] of [...listed, ...sources]) visit(path.resolve(dir, at.replace("file://", "")));
  };
  for (const dir of dirs) visit(dir);
  return [...found];
}

/** Names of packages that come from elsewhere than an index: they are built, since there is no wheel of them. */
export function builtNames(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [
    ...[...text.matchAll(/^\s*["']?([\w.-]+)(?:\[[^\]]*\])?\s*@\s*(?:git\+|https?:)/gm)].flatMap(
      ([, name]) => name ?? [],
    ),
    ...[...text.matchAll(/^\s*["']?([\w.-]+)["']?\s*=\s*\{[^}]*\b(?:git|url)\s*=/gm)].flatMap(([, name]) => name ?? []),
  ]);
}
