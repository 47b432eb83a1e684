/** Copies of one version of a package: which of them an artefact has, and what each of them finds. */
import path from "node:path";
import { copyPackages, measurePackages } from "../../packaging/closure/copy-packages.ts";
import { placePackages } from "../../packaging/closure/place-packages.ts";
import { closureOf, installed, type Manifest, needs, places } from "./placed.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

/** A package in pnpm's store, and a link into it. */
const stored = (key: string, name: string, version: string, more: Manifest = {}): Files =>
  installed(name, version, more, `node_modules/.pnpm/${key}`);
const link = (from: string, to: string): Files => ({
  [from]: { link: path.posix.relative(path.posix.dirname(from), `node_modules/.pnpm/${to}`) },
});

describe("an artefact", () => {
  it("gives each copy of one version the peer that it has in the source, and merges copies with the same one", async () => {
    const peer = { peerDependencies: { z: "*" } };
    await using project = await TemporaryProject.write({
      "package.json": { name: "project", ...needs("a", "b", "c", "p", "z") },
      ...installed("p", "1.0.0", peer),
      ...installed("z", "1.0.0"),
      ...installed("a", "1.0.0", needs("p", "z")),
      ...installed("p", "1.0.0", peer, "node_modules/a"),
      ...installed("z", "2.0.0", {}, "node_modules/a"),
      ...installed("b", "1.0.0", needs("user")),
      ...installed("user", "1.0.0", needs("p"), "node_modules/b"),
      ...installed("p", "1.0.0", peer, "node_modules/b"),
      ...installed("z", "2.0.0", {}, "node_modules/b"),
      ...installed("c", "1.0.0", needs("p")),
      ...installed("p", "1.0.0", peer, "node_modules/c"),
    });

    const closure = closureOf(project.dir);

    expect(places(closure)).toEqual({
      "node_modules/a": "a@1.0.0",
      "node_modules/a/node_modules/p": "p@1.0.0",
      "node_modules/a/node_modules/z": "z@2.0.0",
      "node_modules/b": "b@1.0.0",
      "node_modules/c": "c@1.0.0",
      "node_modules/p": "p@1.0.0",
      "node_modules/user": "user@1.0.0",
      "node_modules/user/node_modules/p": "p@1.0.0",
      "node_modules/user/node_modules/p/node_modules/z": "z@2.0.0",
      "node_modules/z": "z@1.0.0",
    });
    expect(closure.packages.map(({ key }) => key).toSorted()).toEqual([
      "a@1.0.0",
      "b@1.0.0",
      "c@1.0.0",
      "p@1.0.0",
      "p@1.0.0",
      "user@1.0.0",
      "z@1.0.0",
      "z@2.0.0",
    ]);
  });

  it("has one copy of each version, and of one with two sets of peers a copy for each set, in plain folders from pnpm", async () => {
    await using project = await TemporaryProject.write({
      "package.json": { name: "root" },
      "apps/agent/package.json": { name: "agent", ...needs("lg", "zod") },
      "packages/shared/package.json": { name: "shared", ...needs("lg", "zod") },
      ...stored("lg@1_zod3", "lg", "1.0.0", { peerDependencies: { zod: "*" }, ...needs("deep") }),
      ...stored("lg@1_zod4", "lg", "1.0.0", { peerDependencies: { zod: "*" }, ...needs("deep") }),
      ...stored("zod@3", "zod", "3.0.0"),
      ...stored("zod@4", "zod", "4.0.0"),
      ...stored("deep@1", "deep", "1.0.0"),
      ...link("node_modules/.pnpm/lg@1_zod3/node_modules/zod", "zod@3/node_modules/zod"),
      ...link("node_modules/.pnpm/lg@1_zod4/node_modules/zod", "zod@4/node_modules/zod"),
      ...link("node_modules/.pnpm/lg@1_zod3/node_modules/deep", "deep@1/node_modules/deep"),
      ...link("node_modules/.pnpm/lg@1_zod4/node_modules/deep", "deep@1/node_modules/deep"),
      ...link("apps/agent/node_modules/lg", "lg@1_zod4/node_modules/lg"),
      ...link("apps/agent/node_modules/zod", "zod@4/node_modules/zod"),
      ...link("packages/shared/node_modules/lg", "lg@1_zod3/node_modules/lg"),
      ...link("packages/shared/node_modules/zod", "zod@3/node_modules/zod"),
    });
    const closure = closureOf(project.dir, ["apps/agent", "packages/shared"]);

    copyPackages(measurePackages(placePackages(closure.importers)), path.join(project.dir, "out"));

    expect(places(closure)).toEqual({
      "node_modules/deep": "deep@1.0.0",
      "node_modules/lg": "lg@1.0.0",
      "node_modules/zod": "zod@4.0.0",
      "packages/shared/node_modules/lg": "lg@1.0.0",
      "packages/shared/node_modules/zod": "zod@3.0.0",
    });
    expect(await project.list("out")).toEqual(
      Object.keys(places(closure)).flatMap((at) => [`${at}/index.js`, `${at}/package.json`]),
    );
  });
});
