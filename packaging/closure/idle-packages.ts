/**
 * LangGraph's development servers, which projects list as dependencies and Threadline replaces (225 MB with their own). Other packages that
 * nobody imports are kept: a name made at run time may load them.
 */
import { isRecord } from "../source-files.ts";

const SERVERS = ["@langchain/langgraph-cli", "@langchain/langgraph-api", "@langchain/langgraph-ui"];
const LISTS = ["dependencies", "optionalDependencies", "peerDependencies"];

type PackageJson = Readonly<Record<string, unknown>>;

/** Those of the servers that a package.json lists. @param used names that source imports */
export function idlePackages(manifests: readonly PackageJson[], used: ReadonlySet<string>): string[] {
  const isListed = (name: string): boolean =>
    manifests.some((manifest) => LISTS.some((field) => namesIn(manifest[field]).includes(name)));
  return SERVERS.filter((name) => !used.has(name) && isListed(name));
}

/** The package.json without these packages. */
export function withoutPackages(manifest: PackageJson, names: readonly string[]): PackageJson {
  if (names.length === 0) return manifest;
  const lists = LISTS.filter((field) => isRecord(manifest[field])).map((field) => {
    const list = manifest[field];
    const kept = Object.entries(isRecord(list) ? list : {}).filter(([name]) => !names.includes(name));
    return [field, Object.fromEntries(kept)];
  });
  return { ...manifest, ...Object.fromEntries(lists) };
}

const namesIn = (list: unknown): string[] => (isRecord(list) ? Object.keys(list) : []);
