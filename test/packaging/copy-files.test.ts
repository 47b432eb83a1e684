import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { changedFiles, isSameBuild } from "../../packaging/build-changes.ts";
import { buildProject } from "../../packaging/compile-project.ts";
import { copyFiles } from "../../packaging/mirror/copy-files.ts";
import { listOwnFiles } from "../../packaging/mirror/own-files.ts";
import { PackageFolders } from "../../packaging/source-files.ts";
import { ESM } from "./kinds/kind.ts";
import { TemporaryProject } from "./temporary-project.ts";

const FILES = {
  ...ESM,
  "langgraph.json": { graphs: { g: "./src/graph.ts:check" } },
  "src/graph.ts": "export const check = () => 1;",
  "src/prompt.md": "one",
};

describe("assets", () => {
  it("are files whose names only look like an editor's", async () => {
    const names = ["data/4913", "data/anim.swf", "data/x.swp"];
    await using project = await TemporaryProject.write({
      ...FILES,
      ...Object.fromEntries(names.map((name) => [name, ""])),
    });

    const { out } = await buildProject({ config: path.join(project.dir, "langgraph.json") });

    expect(names.filter((name) => existsSync(path.join(out, name)))).toEqual(names);
  });

  it.each([
    ["an editor's copy", "src/prompt.md~", false],
    ["an editor's swap file", "src/.prompt.md.swp", false],
    ["an editor's lock", "src/.#prompt.md", false],
    ["a log", "src/run.log", true],
    ["a database", "data/chat.sqlite-wal", true],
  ])("%s makes no other build of the project", async (_, name, isCopied) => {
    await using project = await TemporaryProject.write(FILES);
    const config = path.join(project.dir, "langgraph.json");
    const build = (out: string) => buildProject({ config, out: path.join(project.dir, ".threadline", out) });
    const before = await build("before");

    await project.add({ [name]: "written while graphs run" });
    const after = await build("after");
    await project.add({ "src/prompt.md": "two, changed" });
    const changed = await build("changed");

    expect(isSameBuild(before, after)).toBe(true);
    expect(existsSync(path.join(after.out, name))).toBe(isCopied);
    expect(changedFiles(before, changed)).toEqual([path.join(project.dir, "src/prompt.md")]);
  });

  it("are copied while a graph makes and removes files among them", async () => {
    await using project = await TemporaryProject.write(FILES);
    const churn = `
      import { mkdirSync, rmSync, writeFileSync } from "node:fs";
      for (let n = 0; ; n = (n + 1) % 20) {
        mkdirSync("src/d" + n, { recursive: true });
        writeFileSync("src/d" + n + "/a.txt", "passing");
        if (n === 10) process.stdout.write(".");
        rmSync("src/d" + ((n + 10) % 20), { recursive: true, force: true });
      }`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", churn], { cwd: project.dir });
    const closed = once(child, "close");
    await once(child.stdout, "data");

    const sources = new Map([[path.join(project.dir, "src/graph.ts"), Buffer.from("export {};")]]);
    const copies = Array.from({ length: 200 }, (_, n) => path.join(project.dir, ".threadline", String(n)));
    try {
      for (const out of copies) {
        const choice = { include: [], exclude: [] };
        const base = project.dir;
        const own = listOwnFiles({
          base,
          configDir: base,
          sources,
          packages: new PackageFolders(),
          choice,
          written: out,
        });
        copyFiles({ out, base, files: own.files, sources, links: true });
      }
    } finally {
      child.kill("SIGKILL");
      await closed;
    }

    expect(copies.every((out) => existsSync(path.join(out, "src/prompt.md")))).toBe(true);
  });
});
