import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ProjectBuild } from "../../packaging/compile-project.ts";
import { ConfigError } from "../../packaging/config/read-config.ts";
import { type ProjectWatch, watchProject } from "../../packaging/watch-project.ts";
import { ESM } from "./kinds/kind.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const FILES = {
  ...ESM,
  "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
  "src/graph.ts": 'import { x } from "./x.js"; export const check = () => x;',
  "src/x.ts": "export const x: number = 1;",
  "src/prompt.md": "one",
};

/** A watched project; `next()` is the next thing the watcher reports, a build or an error. */
class Watched implements AsyncDisposable {
  readonly project: TemporaryProject;
  readonly #reports: (ProjectBuild | Error)[] = [];
  #watch: ProjectWatch | undefined;
  #wake: () => void = () => undefined;

  private constructor(project: TemporaryProject) {
    this.project = project;
  }

  static async start(files: Files = FILES): Promise<Watched> {
    const watched = new Watched(await TemporaryProject.write(files));
    watched.#watch = await watchProject({
      config: watched.at("langgraph.json"),
      onBuild: (build) => watched.#report(build),
      onError: (error) => watched.#report(error instanceof Error ? error : new Error(String(error))),
    });
    return watched;
  }

  at(name: string): string {
    return path.join(this.project.dir, name);
  }

  /** Saves as an editor does: whole or not at all. */
  async save(name: string, content: string): Promise<void> {
    await writeFile(this.at(`${name}~`), content);
    await rename(this.at(`${name}~`), this.at(name));
  }

  async next(): Promise<ProjectBuild | Error> {
    for (;;) {
      const report = this.#reports.shift();
      if (report) return report;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next build that meets a condition. */
  async build(condition: (build: ProjectBuild) => boolean = () => true): Promise<ProjectBuild> {
    for (;;) {
      const report = await this.next();
      if (report instanceof Error) throw report;
      if (condition(report)) return report;
    }
  }

  #report(report: ProjectBuild | Error): void {
    this.#reports.push(report);
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.close();
    await this.project[Symbol.asyncDispose]();
  }
}

const read = (build: ProjectBuild, name: string): Promise<string> => readFile(path.join(build.out, name), "utf8");
const errorOf = (build: ProjectBuild): string | undefined => build.manifest.graphs["g"]?.error;

describe("watchProject", () => {
  it("compiles a saved file into a folder of its own and keeps the one before", async () => {
    await using watched = await Watched.start();
    const first = await watched.build();

    await watched.save("src/x.ts", "export const x: number = 2;");
    const second = await watched.build();

    expect(second.out).not.toBe(first.out);
    expect(await read(first, ".compiled/src/x.ts.mjs")).toContain("x = 1");
    expect(await read(second, ".compiled/src/x.ts.mjs")).toContain("x = 2");
  });

  it("reports a file that does not compile as the graph's error, then its repair", async () => {
    await using watched = await Watched.start();
    await watched.build();

    await watched.save("src/x.ts", "export const x: = 2;");
    const broken = await watched.build((build) => errorOf(build) !== undefined);
    await watched.save("src/x.ts", "export const x = 3;");
    const mended = await watched.build((build) => errorOf(build) === undefined);

    expect(errorOf(broken)).toBe("src/x.ts:1: Unexpected token");
    expect(await read(mended, ".compiled/src/x.ts.mjs")).toContain("x = 3");
  });

  it("sees a changed prompt, and files in a new folder", async () => {
    await using watched = await Watched.start();
    await watched.build();

    await watched.save("src/prompt.md", "three");
    const prompt = await watched.build();
    await watched.project.add({ "src/new/y.ts": "export const y = 1;" });
    await watched.save("src/x.ts", 'export { y as x } from "./new/y.js";');
    const folder = await watched.build((build) => existsSync(path.join(build.out, ".compiled/src/new/y.ts.mjs")));
    await watched.save("src/new/y.ts", "export const y = 2;");
    const again = await watched.build();

    expect(await read(prompt, "src/prompt.md")).toBe("three");
    expect(errorOf(folder)).toBeUndefined();
    expect(await read(again, ".compiled/src/new/y.ts.mjs")).toContain("y = 2");
  });

  it("keeps the state before a broken langgraph.json, and follows its repair", async () => {
    await using watched = await Watched.start();
    const first = await watched.build();

    await watched.save("langgraph.json", "{");
    const report = await watched.next();
    const graphs = { g: "./src/graph.ts:check", h: "./src/x.ts:x" };
    await watched.save("langgraph.json", JSON.stringify({ graphs }));
    const mended = await watched.build();

    expect(report).toBeInstanceOf(ConfigError);
    expect(existsSync(path.join(first.out, "manifest.json"))).toBe(true);
    expect(Object.keys(mended.manifest.graphs)).toEqual(["g", "h"]);
  });

  it("tells that a broken langgraph.json is what it was again", async () => {
    await using watched = await Watched.start();
    await watched.build();
    const whole = await readFile(watched.at("langgraph.json"), "utf8");

    await watched.save("langgraph.json", "{");
    const broken = await watched.next();
    await watched.save("langgraph.json", whole);
    const mended = await watched.next();

    expect(broken).toBeInstanceOf(ConfigError);
    expect(mended).toMatchObject({ manifest: { graphs: { g: { symbol: "check" } } } });
  });

  it("does not compile for what changes no output", async () => {
    await using watched = await Watched.start();
    const first = await watched.build();

    await watched.save("src/run.log", "written by a graph");
    await watched.save("src/x.ts", "export const x = 1; export const z = 4;");
    const next = await watched.build();

    expect(await read(next, ".compiled/src/x.ts.mjs")).toContain("z = 4");
    expect(existsSync(first.out)).toBe(true);
  });

  it("sees that a workspace package is built", async () => {
    const dist = (name: string, x: number) => ({ [`packages/shared/dist/${name}`]: `export const x = ${x};` });
    await using watched = await Watched.start({
      ...FILES,
      "src/graph.ts": 'import { x } from "shared"; export const check = () => x;',
      "node_modules/shared": { link: "../packages/shared" },
      "packages/shared/package.json": { name: "shared", type: "module", exports: "./dist/esm/index.js" },
    });
    const unbuilt = await watched.build();

    await watched.project.add(dist("esm/index.js", 1));
    const built = await watched.build((build) => errorOf(build) === undefined);
    await watched.project.add(dist("esm/index.js", 2));
    const again = await watched.build((build) =>
      existsSync(path.join(build.out, ".compiled/packages/shared/dist/esm/index.js.mjs")),
    );

    expect(errorOf(unbuilt)).toContain("build it first");
    expect(await read(built, ".compiled/packages/shared/dist/esm/index.js.mjs")).toContain("x = 1");
    expect(await read(again, ".compiled/packages/shared/dist/esm/index.js.mjs")).toContain("x = 2");
  });

  it("keeps the last five states on disk", async () => {
    await using watched = await Watched.start();
    const builds = [await watched.build()];

    for (let x = 2; x <= 7; x++) {
      await watched.save("src/x.ts", `export const x = ${x};`);
      builds.push(await watched.build());
    }

    expect(builds.map(({ out }) => existsSync(out))).toEqual([false, false, true, true, true, true, true]);
  });

  it("refuses to start without a readable config", async () => {
    await using watched = await Watched.start();
    await rm(watched.at("langgraph.json"));

    const start = watchProject({
      config: watched.at("langgraph.json"),
      onBuild: () => undefined,
      onError: () => undefined,
    });

    await expect(start).rejects.toThrow(ConfigError);
  });
});
