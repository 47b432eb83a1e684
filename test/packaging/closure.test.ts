/** Which packages an artefact gets, and where they lie: over trees as npm and pnpm make them, and over made-up ones. */
import path from "node:path";
import { measurePackages } from "../../packaging/closure/copy-packages.ts";
import type { InstalledPackage } from "../../packaging/closure/installed-package.ts";
import { placePackages } from "../../packaging/closure/place-packages.ts";
import type { Closure } from "../../packaging/closure/resolve-closure.ts";
import { closureOf, found, installed, made, needs, places } from "./placed.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

describe("an npm tree", () => {
  it("gives what is needed at run time: dependencies, installed peers, and nothing of development", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", ...needs("a", "@types/a"), devDependencies: { dev: "*" } },
      ...installed("a", "1.0.0", {
        ...needs("b", "@types/b"),
        optionalDependencies: { absent: "*", there: "*" },
        peerDependencies: { peer: "*", "other-peer": "*" },
        devDependencies: { dev: "*" },
      }),
      ...installed("b", "2.0.0"),
      ...installed("there", "1.1.0"),
      ...installed("peer", "3.0.0"),
      ...installed("dev", "1.0.0"),
      ...installed("@types/a", "1.0.0"),
      ...installed("@types/b", "1.0.0"),
    });

    expect(places(closureOf(project.dir))).toEqual({
      "node_modules/a": "a@1.0.0",
      "node_modules/b": "b@2.0.0",
      "node_modules/peer": "peer@3.0.0",
      "node_modules/there": "there@1.1.0",
    });
  });

  it("lays a second version below who needs it, however deep it is installed", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", ...needs("a", "x") },
      ...installed("x", "1.0.0"),
      ...installed("a", "1.0.0", needs("b", "x")),
      ...installed("x", "2.0.0", {}, "node_modules/a"),
      ...installed("b", "1.0.0", needs("x"), "node_modules/a"),
      ...installed("x", "3.0.0", {}, "node_modules/a/node_modules/b"),
    });

    expect(places(closureOf(project.dir))).toEqual({
      "node_modules/a": "a@1.0.0",
      "node_modules/a/node_modules/x": "x@2.0.0",
      "node_modules/b": "b@1.0.0",
      "node_modules/b/node_modules/x": "x@3.0.0",
      "node_modules/x": "x@1.0.0",
    });
  });

  it("keeps the name under which a dependent knows a package", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", ...needs("old", "new") },
      "node_modules/old/package.json": { name: "thing", version: "1.0.0" },
      "node_modules/new/package.json": { name: "thing", version: "2.0.0" },
    });

    expect(places(closureOf(project.dir))).toEqual({
      "node_modules/new": "thing@2.0.0",
      "node_modules/old": "thing@1.0.0",
    });
  });

  it("names both when a dependency is not installed", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", ...needs("a") },
      ...installed("a", "1.2.3", needs("gone")),
    });

    expect(() => closureOf(project.dir)).toThrow("a@1.2.3 needs gone, which is not installed");
  });

  it("takes the config folder's versions to the root, and lays another member's below that member", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "root", workspaces: ["apps/*", "packages/*"] },
      "apps/agent/package.json": { name: "agent", ...needs("zod", "shared") },
      "packages/shared/package.json": { name: "shared", ...needs("zod", "a") },
      "node_modules/shared": { link: "../packages/shared" },
      ...installed("zod", "4.0.0"),
      ...installed("zod", "3.0.0", {}, "apps/agent"),
      ...installed("a", "1.0.0", needs("zod")),
    });

    expect(places(closureOf(project.dir, ["apps/agent", "packages/shared"]))).toEqual({
      "node_modules/a": "a@1.0.0",
      "node_modules/a/node_modules/zod": "zod@4.0.0",
      "node_modules/zod": "zod@3.0.0",
      "packages/shared/node_modules/zod": "zod@4.0.0",
    });
  });

  it("leaves out what is for another platform, unless it is asked for by name", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", ...needs("native", "native-darwin-arm64") },
      ...installed("native", "1.0.0", {
        optionalDependencies: {
          "native-linux-x64": "1",
          "native-linuxmusl-x64": "1",
          "native-linux-arm64-gnu": "1.0.0",
        },
      }),
      ...installed("native-linux-x64", "1.0.0", { os: ["linux"], cpu: ["x64"], libc: ["glibc"] }),
      ...installed("native-linuxmusl-x64", "1.0.0", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }),
      ...installed("native-darwin-arm64", "1.0.0", { os: ["darwin"], cpu: ["arm64"] }),
    });

    const [here, there] = [closureOf(project.dir, [""], "x64"), closureOf(project.dir, [""], "arm64")];

    expect(Object.keys(places(here))).toEqual([
      "node_modules/native",
      "node_modules/native-darwin-arm64",
      "node_modules/native-linux-x64",
    ]);
    expect(here.missing).toEqual([]);
    expect(Object.keys(places(there))).toEqual(["node_modules/native", "node_modules/native-darwin-arm64"]);
    expect(there.missing).toEqual([{ name: "native-linux-arm64-gnu", range: "1.0.0", of: "native@1.0.0" }]);
  });
});

describe("places", () => {
  it("give every dependent the version that it has in the source, whatever the versions are", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const { importers, packages } = madeUpClosure(seed);

      const placed = placePackages(importers);

      const dependents = [...importers, ...placed.map(({ at, package: { dependencies } }) => ({ at, dependencies }))];
      for (const { at, dependencies } of dependents)
        for (const [name, { key }] of dependencies) expect(found(placed, at, name), `seed ${seed}, ${at}`).toBe(key);
      const used = new Set(placed.map(({ package: { key } }) => key));
      expect(used.size).toBeLessThanOrEqual(packages.length);
    }
  });

  it("refuse a ring of versions that no folders can express, instead of going on for ever", () => {
    const [a1, a2, b1, b2] = [made("a", "1"), made("a", "2"), made("b", "1"), made("b", "2")];
    a1.dependencies.set("b", b1);
    b1.dependencies.set("a", a2);
    a2.dependencies.set("b", b2);
    b2.dependencies.set("a", a1);

    expect(() => placePackages([{ at: "", dependencies: new Map([["a", a1]]) }])).toThrow(/ring/);
  });
});

/** Three versions of eight names that need each other at random, downwards; three importers in each other's folders. */
function madeUpClosure(seed: number): Pick<Closure, "importers" | "packages"> {
  let state = seed;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const rows = Array.from({ length: 8 }, (_, name) => [1, 2, 3].map((version) => made(`p${name}`, `${version}`)));
  const choose = (from: number): Map<string, InstalledPackage> => {
    const some = rows.slice(from).filter(() => random(3) === 0);
    return new Map(some.flatMap((versions) => versions[random(3)] ?? []).map((one) => [one.name, one]));
  };
  for (const [index, versions] of rows.entries()) for (const one of versions) one.dependencies = choose(index + 1);
  const importers = ["", "apps", "apps/agent"].map((at) => ({ at, dependencies: choose(0) }));
  return { importers, packages: rows.flat() };
}

describe("S1: what packages import without declaring it", () => {
  const PRISMA: Files = {
    "package.json": { name: "p", ...needs("@prisma/client"), devDependencies: { tool: "*" } },
    ...installed("@prisma/client", "6.0.0"),
    "node_modules/@prisma/client/index.js": 'module.exports = require(".prisma/client/default");',
    "node_modules/.prisma/client/default.js": 'exports.runtime = require("@prisma/client/runtime/library.js");',
    "node_modules/.prisma/client/engine.node": "binary",
  };

  it("comes with them: generated packages", async () => {
    await using project = await TemporaryProject.write(PRISMA);

    const { packages } = closureOf(project.dir);

    expect(places(closureOf(project.dir))).toEqual({
      "node_modules/.prisma": path.join(project.dir, "node_modules/.prisma"),
      "node_modules/@prisma/client": "@prisma/client@6.0.0",
    });
    const files = measurePackages(placePackages(closureOf(project.dir).importers)).flatMap((one) => one.files);
    expect(packages).toHaveLength(2);
    expect(files.map(({ name }) => name)).toContain("client/engine.node");
  });

  it("comes with them: generated packages, as pnpm lays them beside their user", async () => {
    const store = "node_modules/.pnpm/@prisma+client@6.0.0/node_modules";
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", ...needs("@prisma/client") },
      "node_modules/@prisma/client": { link: `../.pnpm/@prisma+client@6.0.0/node_modules/@prisma/client` },
      [`${store}/@prisma/client/package.json`]: { name: "@prisma/client", version: "6.0.0" },
      [`${store}/@prisma/client/index.js`]: 'module.exports = require(".prisma/client/default");',
      [`${store}/.prisma/client/default.js`]: "",
    });

    expect(Object.keys(places(closureOf(project.dir)))).toEqual([
      "node_modules/.prisma",
      "node_modules/@prisma/client",
    ]);
  });

  it.each([
    ["require", 'exports.f = () => require("hoisted/sub");', true],
    ["require.resolve", 'exports.f = require.resolve("hoisted");', true],
    ["an import", 'import { x } from "hoisted";', true],
    ["a re-export", "export * from 'hoisted';", true],
    ["a dynamic import", 'export const f = () => import("hoisted");', true],
    ["a comment", '// import { x } from "hoisted";', false],
    ["an attempt", 'try { require("hoisted"); } catch {}', false],
    ["an attempt that may fail", 'try { require("hoisted"); } finally { done(); }', true],
    ["a development tool of the project", 'require("tool");', false],
    ["its own development tool", 'require("dev");', false],
    ["what is not there", 'require("absent");', false],
  ])("by %s", async (_, code, comes) => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "p", ...needs("a") },
      ...installed("a", "1.0.0", { devDependencies: { dev: "*" } }),
      "node_modules/a/lib.js": code,
      ...installed("hoisted", "1.0.0"),
      ...installed("tool", "1.0.0"),
      ...installed("dev", "1.0.0"),
    });

    const closure = closureOf(project.dir, [""], "x64", ["tool"]);

    expect(Object.keys(places(closure))).toEqual(["node_modules/a", ...(comes ? ["node_modules/hoisted"] : [])]);
  });
});
