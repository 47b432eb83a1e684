import { runInNode } from "./run-node.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const HOOKS = new URL("../../functions/engine/javascript/project/project-hooks.ts", import.meta.url).href;

const copy = (where: string): Files => ({
  [`${where}/node_modules/@langchain/core/index.js`]: `exports.copy = ${JSON.stringify(where)};`,
});

/** Installs the rules with `config` as the config folder and gives what the code, a file of the mirror, sees. */
async function inMirror(files: Files, code: string, config = "config"): Promise<unknown> {
  await using project = await TemporaryProject.write({
    "build/config/x.json": {},
    ...files,
    "build/app/main.mjs": code,
  });
  const program = `
    import { hookProject } from ${JSON.stringify(HOOKS)};
    hookProject(${JSON.stringify({ mirror: "build", langgraph: `build/${config}` })});
    hookProject(${JSON.stringify({ mirror: "build", langgraph: `build/${config}` })});
    done((await import(${JSON.stringify(`${project.dir}/build/app/main.mjs`)})).default);`;
  return await runInNode(program, project.dir);
}

describe("hookProject", () => {
  it("gives project files the LangGraph of the config folder", async () => {
    const files = { ...copy("build/app"), ...copy("build/config") };

    const seen = await inMirror(files, 'import core from "@langchain/core"; export default core.copy;');

    expect(seen).toBe("build/config");
  });

  it("leaves it to the importing file if the config folder sees none", async () => {
    const seen = await inMirror(copy("build/app"), 'import core from "@langchain/core"; export default core.copy;');

    expect(seen).toBe("build/app");
  });

  it("does not touch what packages import from each other", async () => {
    const files = {
      ...copy("build/app"),
      ...copy("build/config"),
      "build/app/node_modules/user/index.js": 'exports.copy = require("@langchain/core").copy;',
    };

    const seen = await inMirror(files, 'import user from "user"; export default user.copy;');

    expect(seen).toBe("build/app");
  });

  it.each([
    ["./lib/x.js", "x"],
    ["./lib/x", "x"],
    ["./lib/x.js?again=1", "x"],
    ["./lib/x?again=2", "x"],
    ["./lib", "index"],
    ["./lib/", "index"],
    ["./lib/m.mjs", "m"],
    ["./lib/c", "c"],
    ["./lib/both.js", "both.js"],
  ])("finds what %s means in the source", async (specifier, expected) => {
    const files = {
      "build/app/package.json": { type: "module" },
      "build/app/lib/x.ts": 'export default "x";',
      "build/app/lib/index.ts": 'export default "index";',
      "build/app/lib/m.mts": 'export default "m";',
      "build/app/lib/c.cts": 'module.exports = "c";',
      "build/app/lib/both.ts": 'export default "both.ts";',
      "build/app/lib/both.js": 'export default "both.js";',
    };

    const seen = await inMirror(files, `export default (await import(${JSON.stringify(specifier)})).default;`);

    expect(seen).toBe(expected);
  });

  it("keeps Node's own error for what is nowhere", async () => {
    const code =
      'export default await import("./absent").catch((error) => [error.code, /absent/.test(error.message)]);';

    expect(await inMirror({}, code)).toEqual(["ERR_MODULE_NOT_FOUND", true]);
  });
});
