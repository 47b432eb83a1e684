/** Scans the whole source of a project for what may not work on Lambda, with the place of each finding. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseSync } from "rolldown/utils";
import type { ProjectBuild } from "../compile-project.ts";
import { ownVariables } from "../python/own-source.ts";
import { toPosix } from "../source-files.ts";
import type { EnvUse } from "./scan-env.ts";
import { keysOf } from "./providers.ts";
import { scanSource } from "./scan-source.ts";

/** `where` is `src/graph.ts:12`, from the folder of langgraph.json. */
export interface FoundIn {
  what: string;
  where: string;
}

export interface EnvName {
  name: string;
  /** Everywhere it is read the code has an answer for its absence, or only a provider's client may want it. */
  optional: boolean;
  /** What gives it a value, here and now: the config's env, which is deployed, or only the shell. */
  setBy: "env" | "shell" | undefined;
  /** The first file that reads it. */
  where: string;
}

export interface ProjectScan {
  env: EnvName[];
  processes: FoundIn[];
  writes: FoundIn[];
  /** Imports of packages by a name that only exists at run time; `what` is what it begins with. */
  computed: FoundIn[];
  /** Packages named by strings, by absolute path of the file. */
  implied: Map<string, Set<string>>;
}

/** Set by Lambda, by our functions, or only asked for to learn where the code runs. */
const GIVEN =
  /^(?:AWS_(?:LAMBDA|ENDPOINT|XRAY)\w+|AWS_(?:(?:DEFAULT_)?REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|EXECUTION_ENV)|LAMBDA_\w+|_HANDLER|_X_AMZN_TRACE_ID|PATH|LANG|TZ|PWD|PORT|NODE_ENV|CI|LANGGRAPH_API_(?:URL|KEY))$/;

/** @param shell variables of this process */
export function scanProject(
  build: Pick<ProjectBuild, "sources" | "config" | "aliases">,
  shell: Readonly<Record<string, string | undefined>>,
): ProjectScan {
  const { values } = build.config.env;
  const setBy = (name: string) => (values[name] ? "env" : shell[name] ? "shell" : undefined);
  const scan: ProjectScan = { env: [], processes: [], writes: [], computed: [], implied: new Map() };
  const env = new Map<string, EnvName>();
  const note = (use: EnvUse, where: string): void => {
    if (GIVEN.test(use.name)) return;
    const known = env.get(use.name);
    if (known) known.optional &&= use.optional;
    else env.set(use.name, { ...use, setBy: setBy(use.name), where });
  };
  for (const { file, packages } of build.sources.files.values()) {
    const code = readFileSync(file, "utf8");
    const name = toPosix(path.relative(build.config.dir, file));
    const found = scanSource(parseSync(file, code).program, code);
    const placed = ({ what, at }: { what: string; at: number }): FoundIn => ({
      what,
      where: `${name}:${lineAt(code, at)}`,
    });
    scan.processes.push(...found.processes.map(placed));
    scan.writes.push(...found.writes.map(placed));
    const ofPackages = found.computed.filter(({ start }) => build.aliases.placesFor(file, start).length === 0);
    scan.computed.push(...ofPackages.map(({ start, at }) => placed({ what: start, at })));
    if (found.providers.length > 0) scan.implied.set(file, new Set(found.providers));
    const keys = [...packages, ...found.providers].flatMap(keysOf);
    for (const use of [...found.env, ...keys.map((key) => ({ name: key, optional: true }))]) note(use, name);
  }
  for (const { file, ...use } of ownVariables(build.config.python?.dirs ?? []))
    note(use, toPosix(path.relative(build.config.dir, file)));
  scan.env.push(...[...env.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  return scan;
}

function lineAt(code: string, at: number): number {
  return code.slice(0, at).split("\n").length;
}
