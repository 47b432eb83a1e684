/**
 * Makes a folder that runs from a langgraph.json: reads the config, compiles the project's source into a mirror, and writes in
 * manifest.json what can be loaded. build-artefact.ts adds the packages for AWS.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { GraphEntry, LeftOut, Manifest } from "../functions/protocol/manifest.ts";
import { Aliases } from "./compile/aliases.ts";
import { bridgeModule, findLangGraph, linkHidden, missingLangGraph, type OwnLangGraph } from "./bridge.ts";
import { bundleUi } from "./bundle-ui.ts";
import { compileFiles } from "./compile/compile-files.ts";
import { graphEntry, isJavaScript, problemOf, problemsOutsideGraphs } from "./compile/graph-entries.ts";
import { LEFT_OUT_LISTED } from "./limits.ts";
import { locateBase, plugAndPlay } from "./mirror/locate-base.ts";
import { mixesFormats } from "./compile/mixed-formats.ts";
import { oldLangGraph } from "./old-langgraph.ts";
import { lockTextNear } from "./package-manager.ts";
import { listOwnFiles, type OwnFiles } from "./mirror/own-files.ts";
import { type ConfiguredGraph, type ProjectConfig, readConfig } from "./config/read-config.ts";
import { misplacedSettings } from "./config/read-env.ts";
import {
  commonFolder,
  foldersUp,
  isFile,
  type ModuleFormat,
  PackageFolders,
  sourceOfCompiled,
  toPosix,
} from "./source-files.ts";
import { foldersBelow, foldersOfFile, ifThere, installedIn } from "./mirror/source-folders.ts";
import { Sources } from "./compile/sources.ts";
import { TsconfigPlan } from "./compile/tsconfig-plan.ts";
import { topologyOf } from "./topology.ts";
import { pythonModules } from "./mirror/python-modules.ts";
import { emptyOutput, ignoreByGit, writeMirror } from "./mirror/write-mirror.ts";

export interface CompileProjectOptions {
  /** Path of langgraph.json. */
  config: string;
  /** Output folder; default `.threadline/build` beside the config. It is emptied first. */
  out?: string;
  /**
   * Whether the output refers to the source: packages and very large assets as links, source maps; default true. Without, packages are
   * missing.
   */
  links?: boolean;
  /** A folder around the output folder that is written together with it. */
  written?: string;
}

/**
 * Writes mirror and `manifest.json`, whose module paths are relative to the output folder. Mistakes in graphs are errors or warnings there.
 * @throws ConfigError if the config cannot be read or the output folder holds something else
 */
export async function compileProject(options: CompileProjectOptions): Promise<Manifest> {
  return (await buildProject(options)).manifest;
}

export interface ProjectBuild {
  manifest: Manifest;
  /** Absolute path of the output folder. */
  out: string;
  /** Source folders in which a change may change the build. */
  folders: string[];
  /** Equal for builds of the same content, but for that of files. */
  fingerprint: string;
  /** By absolute path of a file of the project: equal for builds in which it is the same, and so is what was compiled of it. */
  stamps: ReadonlyMap<string, string>;
  config: ProjectConfig;
  /** What may surprise, and is often meant. */
  notes: string[];
  /** The source folder that the output mirrors. */
  base: string;
  sources: Sources;
  aliases: Aliases;
  own: OwnFiles;
  packages: PackageFolders;
  langgraph: OwnLangGraph | undefined;
}

/** What compileProject does, with what a watcher needs to know besides. */
export async function buildProject(options: CompileProjectOptions): Promise<ProjectBuild> {
  const config = readConfig(options.config);
  const { env } = config;
  const out = options.out === undefined ? path.join(config.dir, ".threadline", "build") : path.resolve(options.out);
  emptyOutput(out);
  ignoreByGit(out);
  const packages = new PackageFolders();
  const sources = new Sources((file) => packages.format(file));
  const unusable = plugAndPlay(config.dir);
  const graphs = unusable === undefined ? Object.values(config.graphs).filter(isJavaScript) : [];
  for (const { file } of graphs) sources.add(file, "needed");
  for (const file of [config.store.file, config.auth?.file, config.app?.file])
    if (file !== undefined && unusable === undefined) sources.add(file, "needed");
  const tsconfigs = new TsconfigPlan(out);
  const links = options.links ?? true;
  const target = links ? out : undefined;
  const aliases = new Aliases((file) => tsconfigs.settingsFor(file), packages);
  const { base, outputs } = await compileFiles({
    sources,
    tsconfigs,
    aliases,
    base: (config.python?.dirs ?? []).reduce(commonFolder, locateBase(config.dir)),
    out: target,
  });
  tsconfigs.clean();
  const notes = [...(env.missing === undefined ? [] : [env.missing]), ...absentTsconfigs(tsconfigs, config.dir)];

  const files = sources.own().map(({ file }) => file);
  const langgraph = findLangGraph([config.dir, ...files.map((file) => path.dirname(file))], packages);
  const isMixed = mixesFormats(sources, packages);
  const formats = new Set(graphs.flatMap(({ file }) => sources.get(file)?.format ?? []));
  const bridges = addBridges(outputs, base, langgraph, isMixed || formats.size === 0 ? ["esm"] : formats);
  if (langgraph && links) linkHidden(out, langgraph);
  const contents = new Map(files.flatMap((file) => contentOf(file)));
  const written = options.written === undefined ? out : path.resolve(options.written);
  const ignored = links ? undefined : dockerIgnore([config.dir, base]);
  const own = listOwnFiles({
    base,
    configDir: config.dir,
    sources: contents,
    packages,
    choice: config.files,
    // A local process runs Python where the source lies.
    modules: links ? [] : (config.python?.dirs ?? []),
    ignored,
    written,
  });
  const mirror = writeMirror({ out, base, configDir: config.dir, outputs, sources: contents, own, packages, links });

  const ui = await bundleUi(config.ui, out);

  const errorOf = (graph: ConfiguredGraph): string | undefined => {
    if (graph.kind === "unserved") return graph.error;
    if (graph.kind === "python") return undefined;
    return (
      unusable ??
      problemOf(graph, sources, config.dir) ??
      missingLangGraph(langgraph, config.dir) ??
      oldLangGraph(langgraph, config.dir)
    );
  };
  // Nothing is loaded yet, so whatever a graph may be made of counts. A deployment is tried, and has other variables.
  const madeOf = [langgraph?.version ?? "", hashOf(lockTextNear(config.dir)), ...[...outputs].flat()];
  if (links) madeOf.push(hashOf(JSON.stringify([env.values, [...mirror.stamps]])));
  const entries = Object.entries(config.graphs).map(([id, graph]): [string, GraphEntry] => {
    const entry = graphEntry(graph, errorOf(graph), base);
    return [id, entry.module === undefined ? entry : { ...entry, topology: topologyOf([id, entry.symbol, ...madeOf]) }];
  });
  const manifest: Manifest = {
    version: 1,
    config_dir: toPosix(path.relative(base, config.dir)) || ".",
    source_dir: config.dir,
    graphs: Object.fromEntries(entries),
    ...(env.file === undefined ? { env_values: env.values } : { env_file: env.file, env_values: {} }),
    http: config.http,
    ...(config.auth && { auth: locatedBelow(base, config.auth) }),
    ...(config.app && { app: locatedBelow(base, config.app) }),
    ui,
    store: storeEntry(config.store, base),
    ...(config.threadTtl && { thread_ttl: config.threadTtl }),
    bridges,
    ...(isMixed ? { shared_format: "esm" } : {}),
    ...(langgraph?.version === undefined ? {} : { langgraph_version: langgraph.version }),
    aliases: aliases.used(base),
    ...(config.python && {
      python: { paths: config.python.paths, allowed_classes: config.python.allowedClasses },
    }),
    warnings: [
      ...config.warnings,
      ...(links ? [...notes, ...misplacedSettings(env)] : []),
      ...uiProblems(ui),
      ...problemsOutsideGraphs(sources, graphs, config.dir),
    ],
    packages: own.packages.map((dir) => toPosix(path.relative(base, dir)) || ".").toSorted(),
    left_out: listLeftOut(own.leftOut, base),
    built_at: new Date().toISOString(),
  };
  writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const installed = links ? installedIn(foldersUp(config.dir, base)) : new Map<string, string[]>();
  // What a topology is made of counts file by file: one that a graph writes while it loads is no reason to load it again.
  const graphEntries = entries.map(([id, entry]) => [id, { ...entry, topology: "" }]);
  const parts = [{ ...manifest, graphs: graphEntries, built_at: "", left_out: [] }, env.values, [...installed]];
  const fingerprint = hashOf(JSON.stringify(parts));
  const { stamps } = mirror;
  const modules = config.python ? pythonModules(config.python.dirs) : { files: [], folders: [] };
  for (const file of modules.files) for (const [, content] of contentOf(file)) stamps.set(file, hashOf(content));
  for (const [name, content] of outputs) {
    const file = path.join(base, sourceOfCompiled(name));
    stamps.set(file, `${stamps.get(file) ?? ""} compiled ${hashOf(content)}`);
  }
  const folders = [
    ...new Set([
      ...mirror.folders,
      ...[...sources.unbuilt()].flatMap(foldersBelow),
      ...foldersOfFile(env.file),
      ...installed.keys(),
      ...modules.folders,
    ]),
  ];
  return {
    manifest,
    out,
    folders,
    fingerprint,
    stamps,
    config,
    notes,
    base,
    sources,
    aliases,
    own,
    packages,
    langgraph,
  };
}

function storeEntry({ config: { index, ...rest }, file }: ProjectConfig["store"], base: string): Manifest["store"] {
  if (!index) return rest;
  return { ...rest, index: { ...index, ...(file !== undefined && { module: toPosix(path.relative(base, file)) }) } };
}

const locatedBelow = <C extends object>(base: string, { config, file }: { config: C; file?: string }) => ({
  ...config,
  ...(file !== undefined && { module: toPosix(path.relative(base, file)) }),
});

const uiProblems = (ui: Manifest["ui"]): string[] =>
  Object.entries(ui).flatMap(([name, { source, error }]) =>
    error === undefined ? [] : [`The components of "${name}" (${source}) are not served: ${error}`],
  );

const hashOf = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

function absentTsconfigs({ absent }: TsconfigPlan, from: string): string[] {
  return [...absent].map(
    ([file, names]) =>
      `${toPosix(path.relative(from, file))} extends ${names.join(", ")}, which is not installed, and counts without it.`,
  );
}

/** None for a file that was removed after it was compiled, as editors do at a save. */
function contentOf(file: string): [string, Buffer][] {
  const content = ifThere(() => readFileSync(file));
  return content ? [[file, content]] : [];
}

/** The patterns that keep files from a container of the project; the first of the folders that has some counts. */
function dockerIgnore(dirs: readonly string[]): { dir: string; lines: string[] } | undefined {
  for (const dir of dirs) {
    const file = path.join(dir, ".dockerignore");
    if (isFile(file)) return { dir, lines: readFileSync(file, "utf8").split("\n") };
  }
  return undefined;
}

/** Those nearest to the top first, and no more than a reader takes in. */
function listLeftOut(leftOut: readonly LeftOut[], base: string): LeftOut[] {
  const listed = leftOut.map(({ path: at, rule }) => ({
    path: toPosix(path.relative(base, at)) + (at.endsWith(path.sep) ? "/" : ""),
    rule,
  }));
  const depth = (at: string): number => at.split("/").length;
  return listed.toSorted((a, b) => depth(a.path) - depth(b.path)).slice(0, LEFT_OUT_LISTED);
}

/**
 * One bridge for each format of the graph files, in a folder that can import LangGraph; at least one, which also reads what is stored.
 * Returns their paths for the manifest.
 */
function addBridges(
  outputs: Map<string, string>,
  base: string,
  langgraph: OwnLangGraph | undefined,
  formats: Iterable<ModuleFormat>,
): Partial<Record<ModuleFormat, string>> {
  const bridges: Partial<Record<ModuleFormat, string>> = {};
  if (!langgraph) return bridges;
  for (const format of formats) {
    const { name, code } = bridgeModule(format, langgraph, base);
    bridges[format] = toPosix(name);
    outputs.set(bridges[format], code);
  }
  return bridges;
}
