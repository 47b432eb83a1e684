/** What of a package goes into the artefact. */
import { listFiles } from "../../packaging/closure/list-files.ts";
import { made } from "./placed.ts";
import { TemporaryProject } from "./temporary-project.ts";

const namesIn = (dir: string, name = "p"): string[] =>
  listFiles({ ...made(name, "1.0.0"), dir })
    .map((file) => file.name)
    .toSorted();

describe("a package", () => {
  it("goes whole, but for what only readers, debuggers and compilers want", async () => {
    await using project = await TemporaryProject.write({
      "p/package.json": {},
      "p/README.md": "",
      "p/readme": "",
      "p/CHANGELOG.txt": "",
      "p/HISTORY.md": "",
      "p/LICENSE": "",
      "p/dist/history.js": "",
      "p/dist/readme.json": "",
      "p/dist/history.js.map": "",
      "p/dist/history.d.ts": "",
      "p/dist/history.d.mts": "",
      "p/dist/history.d.cts": "",
      "p/docs/data.md": "",
      "p/test/fixture.bin": "",
      "p/prompt.ts": "",
      "p/src/tests/a.test.ts": "",
      "p/src/a.spec.ts": "",
      "p/lib/es.regexp.test.js": "",
      "p/lib/api.spec.js": "",
    });

    expect(namesIn(`${project.dir}/p`)).toEqual([
      "LICENSE",
      "dist/history.js",
      "dist/readme.json",
      "docs/data.md",
      "lib/api.spec.js",
      "lib/es.regexp.test.js",
      "package.json",
      "prompt.ts",
      "test/fixture.bin",
    ]);
  });

  it("keeps TypeScript's declarations, which it reads when it runs", async () => {
    await using project = await TemporaryProject.write({ "p/lib/lib.es5.d.ts": "" });

    expect(namesIn(`${project.dir}/p`, "typescript")).toEqual(["lib/lib.es5.d.ts"]);
  });

  it("loses the node_modules that were installed into it, not one that it ships", async () => {
    await using project = await TemporaryProject.write({
      "p/node_modules/other/index.js": "",
      "p/dist/node_modules/.pnpm/retry/index.js": "",
    });

    expect(namesIn(`${project.dir}/p`)).toEqual(["dist/node_modules/.pnpm/retry/index.js"]);
  });

  it("has no links: they become what they point to, or nothing", async () => {
    await using project = await TemporaryProject.write({
      "elsewhere/data.txt": "data",
      "p/data": { link: "../elsewhere" },
      "p/note.txt": { link: "../elsewhere/data.txt" },
      "p/self": { link: "." },
      "p/gone": { link: "./nothing" },
    });

    expect(namesIn(`${project.dir}/p`)).toEqual(["data/data.txt", "note.txt"]);
  });
});
