/**
 * Projects made of a table of file names and contents, in a temporary folder; compiled, then loaded in a process of their own.
 */
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Manifest } from "../../functions/protocol/manifest.ts";
import { compileProject } from "../../packaging/compile-project.ts";
import { runInNode } from "./run-node.ts";

/** Content by relative path; an object is written as JSON; `{ link }` makes a symbolic link with that (relative) target. */
export type Files = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

const HOOKS = new URL("../../functions/engine/javascript/project/project-hooks.ts", import.meta.url).href;

/** Every project needs a LangGraph it can see; what is compiled here never runs it. */
const STAND_IN: Files = {
  "node_modules/@langchain/langgraph/package.json": { name: "@langchain/langgraph", version: "1.0.0", main: "i.js" },
  "node_modules/@langchain/langgraph/i.js": "exports.copy = __dirname;",
  "node_modules/@langchain/core/messages.js": "exports.copy = __dirname;",
};

export class TemporaryProject implements AsyncDisposable {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async write(files: Files): Promise<TemporaryProject> {
    const project = new TemporaryProject(await realpath(await mkdtemp(path.join(tmpdir(), "project-"))));
    await project.add(STAND_IN);
    await project.add(files);
    return project;
  }

  async add(files: Files): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.dir, name);
      await mkdir(path.dirname(file), { recursive: true });
      if (typeof content === "string") await writeFile(file, content);
      else if (typeof content["link"] === "string") await symlink(content["link"], file);
      else await writeFile(file, JSON.stringify(content));
    }
  }

  async remove(name: string): Promise<void> {
    await rm(path.join(this.dir, name), { recursive: true });
  }

  /** Files and links below a folder, sorted; links are not followed. */
  async list(name: string): Promise<string[]> {
    const root = path.join(this.dir, name);
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).toSorted();
  }

  /** The content of all files below a folder, each after its name. */
  async textBelow(name: string): Promise<string> {
    const names = await this.list(name);
    const texts = names.map(async (file) => `${file}\n${await readFile(path.join(this.dir, name, file), "latin1")}`);
    return (await Promise.all(texts)).join("\n");
  }

  compile(config = "langgraph.json", out?: string): Promise<Manifest> {
    return compileProject({ config: path.join(this.dir, config), ...(out === undefined ? {} : { out }) });
  }

  /** Compiles, loads the graph `id` as the engine does, and returns what its exported `check()` gives. */
  async check(config = "langgraph.json", id = "g"): Promise<unknown> {
    const manifest = await this.compile(config);
    const entry = manifest.graphs[id];
    if (entry?.module === undefined) throw new Error(entry?.error ?? `no graph ${id}`);
    const configDir = path.dirname(path.join(this.dir, config));
    const out = path.join(configDir, ".threadline/build");
    const module = pathToFileURL(path.join(out, entry.module)).href;
    const bridge = manifest.bridges.esm ?? manifest.bridges.cjs ?? "";
    const source = path.join(configDir, path.relative(manifest.config_dir, "."));
    const folders = {
      mirror: out,
      langgraph: path.dirname(path.join(out, bridge)),
      source,
      aliases: manifest.aliases,
      sharedFormat: manifest.shared_format,
    };
    const code = `
      import module from "node:module";
      import { hookProject } from ${JSON.stringify(HOOKS)};
      module.setSourceMapsSupport(true, { nodeModules: false });
      hookProject(${JSON.stringify(folders)});
      const loaded = await import(${JSON.stringify(module)});
      const find = (name) => loaded[name] ?? loaded.default?.[name];
      done(await find(${JSON.stringify(entry.symbol)})());`;
    return await runInNode(code, configDir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What was compiled last may still be written.
    await rm(this.dir, { recursive: true, maxRetries: 10 });
  }
}
